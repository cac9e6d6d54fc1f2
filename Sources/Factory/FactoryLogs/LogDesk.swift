import VC3Model

/// What a reader gets for what they ask.
struct LogDesk: Sendable {
    enum Answer {
        case page(String)
        case robots(String)
        case file(LogReader, LogFileType)
        /// There is none, or it is not theirs: the answer is the same, so that nobody learns which.
        case none
    }

    let shelf: LogShelf
    let audience: LogAudience
    let hasIndex: Bool
    let allowsRobots: Bool

    func answer(_ place: LogPlace, to identity: Identity) async -> Answer {
        switch place {
        case .robots: return .robots("User-agent: *\nDisallow:\(allowsRobots ? "" : " /")\n")
        case .file(let folder, let name):
            guard audience.reads(identity, folderOf: await shelf.owner(of: folder)),
                audience.reads(identity, file: name), let reader = await shelf.reader(of: name, in: folder)
            else { return .none }
            return .file(reader, LogFileType(name: name))
        case .top, .day, .queue:
            guard hasIndex, let entries = await shelf.entries(of: place) else { return .none }
            return await index(of: place, entries, for: identity)
        }
    }

    private func index(of place: LogPlace, _ entries: [LogShelf.Entry], for identity: Identity) async -> Answer {
        switch place {
        case .top: return .page(LogIndex.page(of: [], entries))
        case .day(let day):
            let owners = await shelf.owners(of: day, entries.map(\.name))
            let own = entries.filter { audience.reads(identity, folderOf: owners[$0.name]) }
            return .page(LogIndex.page(of: [day], own))
        case .queue(let folder):
            guard audience.reads(identity, folderOf: await shelf.owner(of: folder)) else { return .none }
            let own = entries.filter { audience.reads(identity, file: $0.name) }
            return .page(LogIndex.page(of: [folder.day, folder.folder], own))
        case .file, .robots: return .none
        }
    }
}
