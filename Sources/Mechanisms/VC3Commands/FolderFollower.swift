/// A place where a folder can be followed.
public protocol FolderFollower: Sendable {
    /// Tells about every file that is put into the folder, within about a second, until it cannot any more or the task
    /// is cancelled.
    ///
    /// Writers make a file whole under a name that begins with a dot, and rename it to one of letters, digits, `.`, `_`
    /// and `-`. Files come in the order of their names. A file is removed after `receive` has returned for it and for
    /// the others of its batch: one may come twice when the way there ends or `receive` throws, none is ever lost.
    ///
    /// - Parameter heard: Called with `true` whenever the far end says anything, which it does every ten seconds, and
    ///   with `false` when the way to it has ended.
    /// - Throws: What `receive` throws; ``CommandError`` otherwise.
    func follow(
        _ spool: SpoolFolder, heard: @escaping @Sendable (Bool) -> Void,
        receive: @escaping @Sendable (SpooledFile) async throws -> Void
    ) async throws
}

/// A folder to be followed.
public struct SpoolFolder: Sendable, Equatable {
    /// Relative to the account's home, or absolute.
    public var path: String
    /// Whether it is made (0700) if it is not there; if not, following fails then.
    public var isMade: Bool
    /// Of longer files the first so many bytes are told.
    public var largestFile: Int

    public init(_ path: String, isMade: Bool = true, largestFile: Int = 1 << 20) {
        self.path = path
        self.isMade = isMade
        self.largestFile = largestFile
    }
}
