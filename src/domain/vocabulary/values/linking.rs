//! Closed lists for linking trauma support with the networks around it: shared principles, ways to hand over, how sure a
//! claim is, who leads, and what there is for practice.

use poem_openapi::Enum;
use serde::{Deserialize, Serialize};

use crate::domain::read::Words;

values! {
    /// The six principles of trauma-informed practice, as the working definition of the Office for Health Improvement and
    /// Disparities names them.
    Principle {
        /// People are safe, in body and in mind.
        Safety "safety" "Safety" "Diogelwch";
        /// What is said is done, and what is done is said.
        Trust "trust" "Trustworthiness" "Dibynadwyedd";
        /// People choose.
        Choice "choice" "Choice" "Dewis";
        /// Things are done together.
        Collaboration "collaboration" "Collaboration" "Cydweithio";
        /// People are stronger for it.
        Empowerment "empowerment" "Empowerment" "Grymuso";
        /// Culture, faith, gender and history are thought of.
        CulturalConsideration "cultural_consideration" "Cultural consideration" "Ystyriaeth ddiwylliannol";
    }
}

values! {
    /// How a person is handed over from one side of a link to the other.
    Handover {
        /// The first rings the second, with the person there.
        WarmCall "warm_call" "They ring ahead, with you there" "Maen nhw'n ffonio o flaen llaw, gyda chi yno";
        /// All three meet first.
        ThreeWayMeeting "three_way_meeting" "You all meet first" "Rydych chi i gyd yn cwrdd yn gyntaf";
        /// Somebody comes along to the first visit.
        AccompaniedVisit "accompanied_visit"
            "Somebody comes with you the first time" "Mae rhywun yn dod gyda chi y tro cyntaf";
        /// The person goes by themselves, with a letter.
        SelfReferralLetter "self_referral_letter"
            "You go by yourself, with a letter" "Rydych chi'n mynd ar eich pen eich hun, gyda llythyr";
    }
}

values! {
    /// How sure a claim about practice is.
    EvidenceLevel {
        /// The group says so.
        Stated "stated" "The group says so" "Mae'r grŵp yn dweud hynny";
        /// Peers from elsewhere have looked.
        PeerReviewed "peer_reviewed" "Peers from elsewhere have looked" "Mae cymheiriaid o le arall wedi edrych";
        /// People who went have said so.
        Reported "reported" "People who went have said so" "Mae pobl a aeth wedi dweud hynny";
        /// Another body has given a mark for it.
        ExternalMark "external_mark" "Another body has given a mark for it" "Mae corff arall wedi rhoi marc amdano";
    }
}

values! {
    /// The seven principles of Open Dialogue. A listing of any kind may claim one, as it claims a marker; they are no terms,
    /// because most listings have nothing to say of them.
    DialoguePrinciple {
        /// The first meeting is within a day of being asked for.
        ImmediateHelp "immediate_help" "Immediate help" "Cymorth ar unwaith";
        /// Family, friends and others around the person are invited.
        SocialNetwork "social_network" "A social network perspective" "Golwg ar y rhwydwaith cymdeithasol";
        /// Where, when and how is fitted to the person and can change.
        Flexibility "flexibility" "Flexibility and mobility" "Hyblygrwydd a symudedd";
        /// Whoever is asked first sees to it that there is a meeting.
        Responsibility "responsibility" "Responsibility" "Cyfrifoldeb";
        /// The same people stay for as long as it takes, wherever the person is cared for.
        Continuity "continuity" "Psychological continuity" "Parhad seicolegol";
        /// Nothing is decided or named too soon.
        Uncertainty "tolerance_of_uncertainty" "Tolerance of uncertainty" "Goddef ansicrwydd";
        /// Every voice is heard, and what is meant is found together.
        Dialogue "dialogue" "Dialogue, with every voice heard" "Deialog, gan glywed pob llais";
    }
}

values! {
    /// Who leads a group or a service.
    Led {
        /// People who have been there.
        Peer "peer" "Led by people who have been there" "Dan arweiniad pobl sydd wedi bod yno";
        /// Professionals.
        Professional "professional" "Led by professionals" "Dan arweiniad gweithwyr proffesiynol";
        /// Both together.
        Both "both" "Led by both together" "Dan arweiniad y ddau gyda'i gilydd";
    }
}

values! {
    /// How far practice reaches, in the four levels of the national training frameworks.
    PracticeLevel {
        /// Everybody knows of trauma.
        Informed "informed" "Trauma informed" "Gwybodus am drawma";
        /// Those who meet people know what to do.
        Skilled "skilled" "Trauma skilled" "Medrus mewn trawma";
        /// Those who work with people often.
        Enhanced "enhanced" "Trauma enhanced" "Uwch mewn trawma";
        /// Those who treat.
        Specialist "specialist" "Trauma specialist" "Arbenigol mewn trawma";
    }
}

values! {
    /// What a resource for practice is about.
    ResourceType {
        /// What is agreed between many.
        SharedPrinciples "shared_principles" "Shared principles" "Egwyddorion a rennir";
        /// Who does what, and what not.
        RoleClarity "role_clarity" "Clear roles" "Rolau clir";
        /// Learning.
        Training "training" "Training" "Hyfforddiant";
        /// Being looked after in the work.
        Supervision "supervision" "Supervision" "Goruchwyliaeth";
        /// What is right, and whom to tell when it is not.
        Ethics "ethics" "Ethics" "Moeseg";
        /// Linking people and places.
        LinkingWork "linking_work" "Linking work" "Gwaith cysylltu";
        /// Open Dialogue: principles, teams, training, guides to network meetings.
        OpenDialogue "open_dialogue" "Open Dialogue" "Deialog Agored";
        /// For workers themselves.
        WorkerSupport "worker_support" "Support for workers" "Cefnogaeth i weithwyr";
    }
}

values! {
    /// In which role a resource is of use.
    ResourceFor {
        /// A peer support worker.
        PeerWorker "peer_worker" "Peer support workers" "Gweithwyr cymorth cymheiriaid";
        /// A social worker.
        SocialWorker "social_worker" "Social workers" "Gweithwyr cymdeithasol";
        /// Who holds a group.
        Facilitator "facilitator" "People who hold groups" "Pobl sy'n cynnal grwpiau";
        /// Who links people and places.
        Connector "connector" "Link workers and connectors" "Gweithwyr cyswllt a chysylltwyr";
        /// Who runs or pays for services.
        Manager "manager" "Managers and commissioners" "Rheolwyr a chomisiynwyr";
        /// A volunteer.
        Volunteer "volunteer" "Volunteers" "Gwirfoddolwyr";
        /// Family and friends.
        Family "family" "Family and friends" "Teulu a ffrindiau";
    }
}
