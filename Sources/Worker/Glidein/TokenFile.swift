import Glibc

/// The pilot's token, in a file that its Factory replaces while the pilot lives.
///
/// HTCondor's daemons look into their token folder whenever they have to show who they are (HTCondor manual,
/// `SEC_TOKEN_DIRECTORY`), so a new copy there is all that they need. Sessions that are open go on, whatever their token.
final class TokenFile {
    struct Content {
        let text: String
        let claims: JoinToken
        fileprivate let stamp: Stamp
    }

    /// Another file under the same name differs in one of these.
    fileprivate struct Stamp: Equatable {
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    let path: String
    private(set) var content: Content
    private var refused: Stamp?

    init(path: String) throws(EndedEarly) {
        self.path = path
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw EndedEarly(.badArguments(SystemError("read --token-file \(path)").description))
        }
        if status.st_mode & 0o077 != 0 {
            GlideinProgram.say("warning: \(path) is open to others than its owner; chmod 600 it")
        }
        do {
            content = try Self.read(path, Stamp(status))
        } catch {
            throw EndedEarly(.badArguments("--token-file: \(error)"))
        }
    }

    /// For how many seconds the token has not been good any more, by this node's clock; `nil` while it is.
    var secondsExpired: Int? {
        content.claims.expires.flatMap { $0 <= wallClockSeconds() ? wallClockSeconds() - $0 : nil }
    }

    /// What the file holds now, if it was replaced by another token of the same pool.
    func replacement() -> Content? {
        var status = stat()
        // The site's file system may be away for a while; the token that was read is still good.
        guard stat(path, &status) == 0 else { return nil }
        let stamp = Stamp(status)
        guard stamp != content.stamp, stamp != refused else { return nil }
        do {
            let fresh = try Self.read(path, stamp)
            guard fresh.claims.issuer == content.claims.issuer else {
                throw TokenProblem("\(path) holds a token of another pool, \(fresh.claims.issuer)")
            }
            return fresh
        } catch {
            refused = stamp
            GlideinProgram.say("the new token is of no use and the old one stays: \(error)")
            return nil
        }
    }

    /// From now on this is the token.
    func take(_ fresh: Content) { content = fresh }

    private static func read(_ path: String, _ stamp: Stamp) throws(TokenProblem) -> Content {
        let text: String
        do {
            text = try PrivateFolder.text(of: path, limit: 16_384)
        } catch {
            throw TokenProblem("\(error)")
        }
        let line = String(text.split(separator: "\n").first ?? "").filter { $0 != " " && $0 != "\r" }
        guard let claims = JoinToken(text: line), claims.issuer.utf8.allSatisfy(\.isNameByte) else {
            throw TokenProblem("\(path) does not hold an HTCondor token")
        }
        return Content(text: line, claims: claims, stamp: stamp)
    }
}

extension TokenFile.Stamp {
    fileprivate init(_ status: stat) {
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}

private struct TokenProblem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
