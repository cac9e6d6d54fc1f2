import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What ssh(1) asks a person, by the program that it runs for it (`SSH_ASKPASS`), and the answers.
///
/// A question is a file in the session's own folder. The answer goes through a pipe with a name: no disk ever has it.
struct Askpass: Sendable {
    struct Question: Sendable {
        /// The pipe that waits for the answer.
        let pipe: String
        let text: String
    }

    let folder: PrivateFolder
    private static let question = "question."
    private static let pipe = "answer."

    /// Writes the program; what an earlier login left behind goes.
    init(in folder: PrivateFolder) throws(CommandError) {
        self.folder = folder
        remove()
        try folder.write(Array(Self.program.utf8), to: SSHFiles.askpass)
        try folder.makeExecutable(SSHFiles.askpass)
    }

    /// What ssh has to find among its variables. `force`: without a terminal and a display too (OpenSSH 8.4).
    var environment: [String: String] {
        ["SSH_ASKPASS": folder.file(SSHFiles.askpass), "SSH_ASKPASS_REQUIRE": "force"]
    }

    func remove() {
        for name in [Self.question, Self.pipe].flatMap(folder.names(beginningWith:)) { folder.remove(name) }
        folder.remove(SSHFiles.askpass)
    }

    /// The question that ssh waits with; each is given once.
    func next() -> Question? {
        guard let name = folder.names(beginningWith: Self.question).first(where: { !$0.hasSuffix(".new") }) else {
            return nil
        }
        let text = String(decoding: folder.read(name) ?? [], as: UTF8.self)
        folder.remove(name)
        return Question(pipe: folder.file(Self.pipe + name.dropFirst(Self.question.count)), text: text)
    }

    /// - Returns: Whether ssh took it. `false`: it no longer waits.
    func answer(_ question: Question, _ answer: [UInt8]) async -> Bool {
        for _ in 0..<50 {
            // Opening fails until there is a reader; and if that one is gone again, our own end for reading keeps the
            // signal away that would end this process (pipe(7)).
            if let writing = try? FileDescriptor.open(question.pipe, .writeOnly, options: [.nonBlocking, .closeOnExec])
            {
                defer { try? writing.close() }
                let reading = try? FileDescriptor.open(question.pipe, .readOnly, options: [.nonBlocking, .closeOnExec])
                defer { try? reading?.close() }
                return (try? writing.writeAll(answer + [UInt8(ascii: "\n")])) != nil
            }
            guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return false }
        }
        return false
    }

    /// Confirmations (`SSH_ASKPASS_PROMPT`) are not given: no host key and no use of a key is agreed to by the way.
    private static let program = """
        #!/bin/sh
        cd "${0%/*}" || exit 1
        umask 077
        [ -z "${SSH_ASKPASS_PROMPT-}" ] || exit 1
        mkfifo "answer.$$" || exit 1
        trap 'rm -f "answer.$$" "question.$$"' EXIT
        trap 'exit 1' HUP INT TERM
        printf '%s' "$1" >"question.$$.new" && mv "question.$$.new" "question.$$" || exit 1
        timeout 300 cat "answer.$$"

        """
}
