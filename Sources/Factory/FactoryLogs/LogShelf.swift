import Dispatch
import Foundation
import VC3Model

/// Reads the logs below one folder, and nothing else.
///
/// Jobs may write there: each step goes from the descriptor of a folder to a name in it and follows no link, and what is
/// opened must be a plain file that has one name.
struct LogShelf: Sendable {
    let base: String

    struct Entry: Sendable, Equatable {
        var name: String
        var isFolder: Bool
        var size: Int64
        var changed: Timestamp
    }

    /// Days, newest first, or the queues' folders of a day, or the files of a folder; `nil` when there is no such place.
    func entries(of place: LogPlace) async -> [Entry]? {
        switch place {
        case .top:
            await onThread {
                list([])?.filter { $0.isFolder && LogFolderName.isDay($0.name) }.sorted { $0.name > $1.name }
            }
        case .day(let day): await onThread { list([day])?.filter(\.isFolder) }
        case .queue(let name): await onThread { list([name.day, name.folder])?.filter { !$0.isFolder } }
        case .file, .robots: nil
        }
    }

    /// To whom the pilots of a folder belong; `nil` when it has not been written down.
    func owner(of name: LogFolderName) async -> String? {
        await onThread {
            guard let folder = descriptor(of: [name.day, name.folder]) else { return nil }
            defer { close(folder) }
            return LogOwner.read(in: folder)
        }
    }

    /// The owners of all folders of a day.
    func owners(of day: String, _ folders: [String]) async -> [String: String] {
        await onThread {
            var owners: [String: String] = [:]
            for name in folders {
                guard let folder = descriptor(of: [day, name]) else { continue }
                defer { close(folder) }
                owners[name] = LogOwner.read(in: folder)
            }
            return owners
        }
    }

    /// A file, opened; `nil` when there is none that may be read.
    func reader(of name: String, in folder: LogFolderName) async -> LogReader? {
        await onThread {
            guard let above = descriptor(of: [folder.day, folder.folder]) else { return nil }
            defer { close(above) }
            let file = openat(above, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard file >= 0 else { return nil }
            var status = stat()
            guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
                close(file)
                return nil
            }
            return LogReader(descriptor: file, size: Int64(status.st_size))
        }
    }

    private func list(_ path: [String]) -> [Entry]? {
        guard let folder = descriptor(of: path) else { return nil }
        guard let stream = fdopendir(folder) else {
            close(folder)
            return nil
        }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while let found = readdir(stream) {
            let name = withUnsafePointer(to: &found.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            guard LogPlace.isName(name), entries.count < Self.mostEntries else { continue }
            var status = stat()
            guard fstatat(dirfd(stream), name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            let type = status.st_mode & S_IFMT
            guard type == S_IFDIR || type == S_IFREG && status.st_nlink == 1 else { continue }
            entries.append(
                Entry(
                    name: name, isFolder: type == S_IFDIR, size: Int64(status.st_size),
                    changed: Timestamp(milliseconds: Int64(status.st_mtim.tv_sec) * 1000)))
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// The caller closes it.
    private func descriptor(of path: [String]) -> Int32? {
        var folder = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for name in path where folder >= 0 {
            let next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            close(folder)
            folder = next
        }
        return folder < 0 ? nil : folder
    }

    /// More than a page can show.
    private static let mostEntries = 50_000
}

/// One log that is being read.
final class LogReader: Sendable {
    private let descriptor: Int32
    /// Bytes, when it was opened.
    let size: Int64

    init(descriptor: Int32, size: Int64) {
        self.descriptor = descriptor
        self.size = size
    }

    deinit { close(descriptor) }

    /// The next bytes, at most as many as that; none at the end.
    func next(_ most: Int) async throws -> [UInt8] {
        try await onThread { [descriptor] in
            var buffer = [UInt8](repeating: 0, count: most)
            let count = read(descriptor, &buffer, most)
            guard count >= 0 else { throw CocoaError(.fileReadUnknown) }
            return Array(buffer.prefix(count))
        }
    }
}

/// Files are slow at times: their calls wait on threads of their own.
func onThread<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: Result(catching: work)) }
    }
    return try result.get()
}
