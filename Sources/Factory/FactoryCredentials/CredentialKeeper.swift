import Foundation
import VC3Certificates
public import Logging
public import ServiceLifecycle
public import VC3Commands
public import VC3Model

/// Keeps the credentials of profiles: gives them to queues as files, makes proxies and tokens again before they end, and tells
/// ``CredentialBoard`` how all of them do.
public actor CredentialKeeper: Service {
    /// Gives the secret of the private token of this name; `nil` when there is none.
    public typealias TokenSource = @Sendable (String) async throws -> [UInt8]?

    private(set) var profiles: [String: AuthProfile] = [:]
    /// Of proxies and tokens that could not be made again as they should be.
    var failed: [String: RenewalAttempt] = [:]
    /// Names whose private token is in a file.
    private var given: Set<String> = []
    private let folder: CredentialFolder
    private let tokens: TokenSource?
    private let board: CredentialBoard
    let runner: any CommandRunner
    private let interval: Duration
    let clock: WallClock
    let logger: Logger

    /// - Parameters:
    ///   - folder: For secrets that are given as content; of this keeper alone.
    ///   - interval: From one look at the files to the next.
    ///   - tokens: Private tokens, for names that no profile has: what administrators wrote is nobody else's to replace.
    ///     `nil`: none count.
    public init(
        folder: String, board: CredentialBoard, interval: Duration = .seconds(30), clock: WallClock, logger: Logger,
        runner: any CommandRunner = LocalRunner(), tokens: TokenSource? = nil
    ) {
        self.folder = CredentialFolder(path: folder)
        self.board = board
        self.interval = interval
        self.clock = clock
        self.logger = logger
        self.runner = runner
        self.tokens = tokens
    }

    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    await self.look()
                    try await Task.sleep(for: self.interval)
                }
            }
        } catch is CancellationError {
            return
        }
    }

    /// Goes by these from now on. Files of secrets whose profile has gone are removed.
    public func use(_ profiles: [AuthProfile]) async {
        let fresh = Dictionary(profiles.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        for (name, old) in self.profiles where fresh[name] != old {
            failed[name] = nil
            if fresh[name] == nil { board.note(nil, name, from: Self.source) }
        }
        self.profiles = fresh
        await folder.keep(only: given.union(fresh.keys))
        await look()
    }

    /// Removes the files of private tokens that no queue of these names needs any more.
    public func release(allBut names: Set<String>) async {
        given.formIntersection(names)
        await folder.keep(only: given.union(profiles.keys))
    }

    /// The file that a profile stands for: a private key, a proxy or a token; `nil` for one that shows nothing.
    ///
    /// - Throws: `VC3Error` `notFound` for a profile that is not known; what keeps the file from being written.
    public func file(of name: String) async throws -> String? {
        guard let profile = profiles[name] else {
            if let secret = try await tokens?(name) {
                let path = try await folder.file("secret", of: name, holding: secret)
                given.insert(name)
                return path
            }
            throw VC3Error(
                .notFound, "there is no profile '\(name)' in auth.conf, and no private token of that name; add one")
        }
        switch profile.credential {
        case .nothing: return nil
        case .proxy(let proxy): return proxy.file
        case .token(let token): return token.file
        case .ssh(let key):
            switch key.privateKey {
            case .file(let path): return path
            case .content(let bytes):
                if case .content(let other)? = key.publicKey {
                    _ = try await folder.file(key.type + ".pub", of: name, holding: other)
                }
                return try await folder.file(key.type, of: name, holding: bytes)
            }
        }
    }

    /// One look at all of them.
    func look() async {
        for (name, profile) in profiles {
            var state = await Self.state(of: profile)
            if let renewal = CredentialRenewal(of: profile.credential) {
                guard let outcome = await renewed(name, renewal, state) else { continue }
                state = outcome
            }
            // It may have gone, or become another, meanwhile.
            guard profiles[name] == profile else { continue }
            board.note(state, name, from: Self.source)
        }
    }

    private static func state(of profile: AuthProfile) async -> CredentialState {
        switch profile.credential {
        case .nothing: return CredentialState(name: profile.name, kind: .ssh)
        case .ssh(let key):
            guard case .file(let path) = key.privateKey, access(path, R_OK) != 0 else {
                return CredentialState(name: profile.name, kind: .ssh)
            }
            return CredentialState(name: profile.name, kind: .ssh, trouble: "'\(path)' cannot be read")
        case .proxy(let proxy):
            let life = await life(inFile: proxy.file, CredentialLife.init(proxy:))
            return CredentialState(
                name: profile.name, kind: .proxy, life: life,
                trouble: life == nil ? "there is no proxy in '\(proxy.file)'" : nil)
        case .token(let token):
            let life = await life(inFile: token.file, CredentialLife.init(token:))
            return CredentialState(
                name: profile.name, kind: .token, life: life,
                trouble: life == nil ? "there is no token with an end in '\(token.file)'" : nil)
        }
    }

    static func life(
        inFile path: String, _ read: @escaping @Sendable (String) -> CredentialLife?
    ) async -> CredentialLife? {
        await onThread {
            FileManager.default.contents(atPath: path).flatMap { read(String(decoding: $0, as: UTF8.self)) }
        }
    }

    private static let source = CredentialBoard.Source.profile
}
