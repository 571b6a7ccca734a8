//! One test for each known trap of the libraries below that applies here.
