#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension SSHSession {
    /// The most questions that are passed on in one login: sshd asks three times (ssh_config(5), `NumberOfPasswordPrompts`)
    /// by each of two methods.
    private static let mostQuestions = 12

    private enum Ending: Sendable {
        case loggedIn
        case failed(CommandError)
        /// Everything asked was answered and more will not be.
        case interrupted
    }

    /// Makes the connection that the sessions with this folder use, with a person's help: what the host asks, they answer.
    /// The connection stays when this process ends, for ``SSHLimits/idleTimeout``. One that is there is ended before.
    ///
    /// - Parameters:
    ///   - time: The longest that all of it may take.
    ///   - answering: Gets the host's words and gives the answer, which goes to ssh(1) and nowhere else. When it throws, the
    ///     login is given up.
    /// - Throws: ``CommandError/Reason/authenticationRefused`` when the host did not take the answers. Nothing is tried
    ///   again.
    public func logIn(
        within time: Duration = .seconds(300),
        answering: @escaping @Sendable (String) async throws(CommandError) -> [UInt8]
    ) async throws(CommandError) {
        switch await opening.enter(within: .seconds(60)) {
        case .entered: break
        case .timedOut: throw CommandError(.timedOut, "logging in to \(endpoint) takes too long")
        case .cancelled: throw cancelled("logging in to \(endpoint)")
        }
        defer { opening.leave() }
        let master = SSHMaster(try files())
        if await master.state != .gone { await master.end() }
        let files = try files()
        unlink(files.socket)
        files.forgetMessages()
        let askpass = try Askpass(in: files.folder)
        defer {
            askpass.remove()
            files.forgetMessages()
        }
        meter.countConnection()
        let ending = await withTaskGroup(of: Ending.self, returning: Ending.self) { group in
            group.addTask { await self.greet(files, askpass, within: time) }
            group.addTask { await self.pass(askpass, files, to: answering) }
            let first = await group.next() ?? .interrupted
            group.cancelAll()
            return first
        }
        switch ending {
        case .loggedIn: return
        case .failed(let error):
            await master.end()
            throw error
        case .interrupted:
            await master.end()
            throw cancelled("logging in to \(endpoint)")
        }
    }

    private func greet(_ files: SSHFiles, _ askpass: Askpass, within time: Duration) async -> Ending {
        let options = ["-o", "ControlMaster=yes", "-o", "LogLevel=INFO", "-E", files.loginMessagesFile]
        do throws(CommandError) {
            try await greet(files, options, environment: askpass.environment, timeout: time)
            return .loggedIn
        } catch {
            return .failed(error)
        }
    }

    /// Passes on what ssh asks until cancelled.
    private func pass(
        _ askpass: Askpass, _ files: SSHFiles, to answering: @Sendable (String) async throws(CommandError) -> [UInt8]
    ) async -> Ending {
        var told = 0
        for _ in 0..<Self.mostQuestions {
            var question: Askpass.Question?
            while question == nil {
                guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { return .interrupted }
                question = askpass.next()
            }
            guard let question else { continue }
            let messages = files.loginMessages
            let news = String(decoding: messages.dropFirst(told), as: UTF8.self)
            told = messages.count
            do throws(CommandError) {
                _ = await askpass.answer(
                    question,
                    try await answering((news + question.text).replacing("vc3-target", with: endpoint.target.host)))
            } catch {
                return .failed(error)
            }
        }
        return .failed(CommandError(.authenticationRefused, "the host asks and asks; the login was given up"))
    }
}
