//! Files become listings: the same whatever their form, with every row accounted for.
