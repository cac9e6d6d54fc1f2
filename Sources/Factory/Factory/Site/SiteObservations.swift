extension Site {
    /// How long and how often a job was left out of good answers.
    struct Absence {
        var since: Duration
        var looks: Int
    }

    /// A moment, and how many looks there were until then.
    struct Beginning {
        var since: Duration
        var looks: Int
    }

    /// What is known of a submission that began and has no outcome.
    struct Doubt {
        var begun: Beginning
        /// When its process was found gone.
        var gone: Beginning?
        /// When it was made certain that its job ends at once, should it start after that.
        var buried: Beginning?
    }
}
