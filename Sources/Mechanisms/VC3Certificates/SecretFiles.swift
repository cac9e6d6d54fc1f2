import Foundation

/// Writes several files that belong together: all their contents are on disk before the first of them gets its name.
public struct SecretFiles: Sendable {
    /// One file and what it will be called.
    public struct File: Sendable {
        public var path: String
        /// A second name, which must not exist yet.
        public var alias: String?
        public var content: String
        public var mode: UInt16
        /// With `false`, an existing file at `path` is an error.
        public var replacing: Bool

        public init(path: String, alias: String? = nil, content: String, mode: UInt16, replacing: Bool) {
            (self.path, self.alias, self.content) = (path, alias, content)
            (self.mode, self.replacing) = (mode, replacing)
        }
    }

    private let directory: String

    /// - Parameter directory: Where files are before they have a name; on the file system of the names, and used by one
    ///   caller at a time.
    public init(unfinishedIn directory: String) {
        self.directory = directory
    }

    /// Removes what interrupted calls left.
    public func removeUnfinished() throws {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return }
        for name in names {
            guard unlink(directory + "/" + name) == 0 || errno == ENOENT else {
                throw SecretFile.failure("remove", directory + "/" + name)
            }
        }
    }

    /// Names the files in their order. A crash or a full disk before `prepared` has returned leaves none of them; a crash
    /// later leaves the first ones.
    ///
    /// - Parameter prepared: Called when the contents are on disk and no file has its name; what it throws ends the call.
    /// - Throws: ``CredentialError`` `exists`, or `system` with the number of the failed call.
    public func write(_ files: [File], prepared: () throws -> Void) throws {
        try SecretFile.makeDirectory(directory)
        let parents = Set(
            files.flatMap { [$0.path] + ($0.alias.map { [$0] } ?? []) }.map {
                ($0 as NSString).deletingLastPathComponent
            })
        for parent in parents { try SecretFile.makeDirectory(parent) }
        var unfinished: [String] = []
        defer { for path in unfinished { unlink(path) } }
        for (number, file) in files.enumerated() {
            let path = "\(directory)/\(number)"
            unfinished.append(path)
            try stage(file, at: path, flushing: files.count < Self.manyFiles)
        }
        if files.count >= Self.manyFiles { try flushFileSystem() }
        try prepared()
        for (file, path) in zip(files, unfinished) {
            if let alias = file.alias {
                guard link(path, alias) == 0 else { throw SecretFile.failure("write", alias) }
            }
            if file.replacing {
                guard rename(path, file.path) == 0 else { throw SecretFile.failure("write", file.path) }
            } else {
                guard link(path, file.path) == 0 else { throw SecretFile.failure("write", file.path) }
            }
        }
        for parent in parents { try SecretFile.flushDirectory(parent) }
    }

    /// From here on one flush of the whole file system is faster than one for each file.
    private static let manyFiles = 16

    private func stage(_ file: File, at path: String, flushing: Bool) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(file.mode))
        guard descriptor >= 0 else { throw SecretFile.failure("create a file in", directory) }
        defer { close(descriptor) }
        guard fchmod(descriptor, mode_t(file.mode)) == 0 else { throw SecretFile.failure("set the mode of", file.path) }
        try SecretFile.write(Array(file.content.utf8), into: descriptor, path: file.path)
        guard !flushing || fsync(descriptor) == 0 else { throw SecretFile.failure("flush", file.path) }
    }

    private func flushFileSystem() throws {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SecretFile.failure("open directory", directory) }
        defer { close(descriptor) }
        // The headers show syncfs(2) to GNU sources only. Where it is not, flushing everything does as well.
        guard let symbol = dlsym(nil, "syncfs") else { return sync() }
        let syncfs = unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)
        guard syncfs(descriptor) == 0 else { throw SecretFile.failure("flush the file system of", directory) }
    }
}
