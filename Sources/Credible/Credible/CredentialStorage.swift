/// Where an authority and SSH keys are kept.
public struct CredentialStorage: Sendable {
    /// The directory that all paths begin with; with memory, where no file is.
    let vardir: String
    let backend: any StorageBackend

    /// Files under a directory, for any number of processes at once.
    public static func file(vardir: String) -> Self {
        Self(vardir: vardir, backend: FileBackend())
    }

    /// Memory of this process: nothing touches the disk, and all is gone with the value.
    public static func memory() -> Self {
        Self(vardir: "memory", backend: MemoryBackend())
    }
}

/// What a kind of storage has to do. Paths are those of files, whatever they stand for.
protocol StorageBackend: Sendable {
    /// Runs `body` while nobody else changes anything under `base`, and after cleaning up what was cut off there.
    func exclusively<Result>(in base: String, _ body: () throws -> Result) throws -> Result

    /// - Returns: `nil` when there is nothing.
    func text(at path: String) throws -> String?

    /// As ``text(at:)``, for what only its owner may read.
    ///
    /// - Parameter warning: Told when others could read it until now.
    func secret(at path: String, warning: (String) -> Void) throws -> String?

    /// Does all of it, in the order of ``StorageChange``. Call it within ``exclusively(in:_:)``.
    func commit(_ change: StorageChange, in base: String) throws

    func remove(_ path: String) throws
}

/// Files that belong together, and the lines of a log that tell of them.
///
/// First the contents are made safe, then the lines are in the log, then the files get their names, in their order: what
/// has a name is in the log.
struct StorageChange: Sendable {
    var files: [StoredFile] = []
    /// The path of the log, and whole lines.
    var log: (path: String, lines: String)?
}
