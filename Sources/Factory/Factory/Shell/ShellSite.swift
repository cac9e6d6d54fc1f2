import BatchSystems
import Foundation
import VC3Commands
import VC3Model

/// A site as seen through shell scripts, run over SSH or on this machine.
actor ShellSite: SiteAccess {
    /// A way to run commands there, and the batch system that they speak to.
    struct Connection: Sendable {
        var runner: any CommandRunner
        var batch: any BatchSystem
        /// Asked at each look, as it may change.
        var mapping: @Sendable () -> StateMapping = { StateMapping() }
        /// What to do about another host key than before; `nil`: what holds for allocations.
        var hostKeyAdvice: String?
    }
    /// Called at the first contact, as it reads the account's key.
    typealias Connector = @Sendable () async throws(SiteFailure) -> Connection

    /// Asked before every command: throws once the site's lease is lost.
    typealias Permit = @Sendable () async throws(SiteFailure) -> Void

    private let connector: Connector
    let scripts: SiteScripts
    private let bundle: WorkerBundle?
    private let payload: any PilotPayload
    private let permit: Permit
    private(set) var connection: Connection?
    /// Sessions to be served, one after the other: each ends when it is closed.
    private nonisolated let sessions = AsyncStream<SSHSession>.makeStream(bufferingPolicy: .bufferingNewest(1))
    /// The root as the site names it; known once it is staged.
    private(set) var root: String?
    /// Until the site refuses one for being an array.
    private var takesArrays = true

    /// - Parameters:
    ///   - folder: What all Factories that share the site call their folder there.
    ///   - term: That of the site's lease: where a higher one has been, no command does anything.
    init(
        folder: String, site: SiteID, term: Int64, bundle: WorkerBundle?, payload: any PilotPayload,
        permit: @escaping Permit, connector: @escaping Connector
    ) {
        self.bundle = bundle
        self.payload = payload
        self.permit = permit
        self.connector = connector
        scripts = SiteScripts(factory: folder, site: site.rawValue, term: term)
    }

    func open() async throws(SiteFailure) {
        let connection = try await connected()
        guard let session = connection.runner as? SSHSession else { return }
        do { try await session.open() } catch {
            // A key that was refused may have been replaced since; the next attempt reads it again.
            if !error.isTransient { await forgetConnection() }
            throw SiteFailure(error, hostKeyAdvice: connection.hostKeyAdvice)
        }
    }

    func serve() async {
        for await session in sessions.stream { await session.serve() }
    }

    func close() async {
        sessions.continuation.finish()
        await forgetConnection()
    }

    func stage(epoch: String) async throws(SiteFailure) -> Staging {
        let reply = try await run(scripts.stage(epoch: epoch, bundle: bundle?.name), "make a folder")
        guard let root = reply.first("root")?.lines["o"]?.first else {
            throw SiteFailure(
                reason: "SiteFailed", message: "the site did not say where its folder is", mender: .operator,
                wasAnswered: true)
        }
        self.root = root
        return Staging(
            isLacking: bundle != nil && reply.first("nobundle") != nil,
            pilots: reply.all("found").compactMap(Self.found))
    }

    func deliver() async throws(SiteFailure) {
        guard let bundle, let root else { return }
        try await upload(bundle, to: "\(root)/bundle/\(bundle.name)")
    }

    private func upload(_ bundle: WorkerBundle, to path: String) async throws(SiteFailure) {
        try await permit()
        guard let session = try await connected().runner as? SSHSession else {
            _ = try await run(scripts.copyBundle(from: bundle.path, as: bundle.name), "copy the worker bundle")
            return
        }
        do { try await session.put(contentsOf: bundle.path, to: path) } catch {
            guard error.reason == .localFailure, let trouble = HomeTrouble.found(in: error.message) else {
                throw SiteFailure(error)
            }
            throw SiteFailure(
                reason: trouble.reason, message: "\(error.message); \(trouble.advice)", mender: trouble.mender,
                wasAnswered: true)
        }
    }

    func submit(_ orders: [PilotOrder], epoch: String) async throws(SiteFailure) -> [PilotID: SubmissionAnswer] {
        guard let root else {
            throw SiteFailure(reason: "SiteFailed", message: "the site is not prepared", mender: .nobody)
        }
        let batch = try await connected().batch
        var answers: [PilotID: SubmissionAnswer] = [:]
        var isRefused = false
        for start in stride(from: 0, to: orders.count, by: PilotID.mostTogether) {
            let together = Array(orders[start...].prefix(PilotID.mostTogether))
            if isRefused {
                for order in together { answers[order.pilot] = .skipped }
                continue
            }
            let own = try await submit(together, epoch: epoch, root: root, batch)
            answers.merge(own) { _, new in new }
            isRefused = own.values.contains { if case .refused = $0 { true } else { false } }
        }
        return answers
    }

    /// By one command, if the batch system takes these so.
    private func submit(
        _ orders: [PilotOrder], epoch: String, root: String, _ batch: any BatchSystem
    ) async throws(SiteFailure) -> [PilotID: SubmissionAnswer] {
        let folders = orders.map { "\(root)/pilots/\($0.pilot)" }
        let jobs = zip(orders, folders).map { job(for: $0, folder: $1) }
        // What a batch system cannot be asked for is refused before anything happens there.
        if let job = jobs.first, let refusal = batch.refusal(of: job) {
            return Dictionary(uniqueKeysWithValues: orders.map { ($0.pilot, .refused(refusal)) })
        }
        let bulk = orders.count > 1 && takesArrays ? batch.bulkSubmission(of: jobs) : nil
        let snippets = bulk?.descriptions ?? jobs.map(batch.submission(of:))
        let submissions = orders.indices.map { index in
            SiteScripts.Submission(
                pilot: orders[index].pilot,
                files: [Self.label(of: orders[index])]
                    + files(
                        for: orders[index],
                        at: PilotPlace(
                            folder: folders[index], bundle: bundle.map { "\(root)/bundle/\($0.name)" },
                            spool: SiteScripts.spool(in: root))),
                snippet: snippets[index])
        }
        let script =
            bulk.map { scripts.submit(together: submissions, epoch: epoch, by: $0.command) }
            ?? scripts.submit(submissions, epoch: epoch)
        let reply = try await run(script, "submit", timeout: .seconds(60 + 5 * orders.count), mustBeWhole: false)
        var answers: [PilotID: SubmissionAnswer] = [:]
        for piece in reply.all("pilot") where piece.words.count >= 3 {
            let answer = answer(piece, batch)
            if case .refused(let refusal) = answer, refusal.reason == .arrayRefused { takesArrays = false }
            answers[PilotID(rawValue: piece.words[1])] = answer
        }
        return answers
    }

    private func files(for order: PilotOrder, at place: PilotPlace) -> [PilotFile] {
        order.job.map { QueueFiles.files(for: $0, at: place) } ?? payload.files(for: order, at: place)
    }

    private func job(for order: PilotOrder, folder: String) -> PilotJob {
        var job = PilotJob(
            tag: order.pilot.tag, cores: order.spec.cores, memoryMB: order.spec.memory_mb,
            diskMB: order.spec.storage_mb, walltime: .seconds(order.spec.walltime), options: order.spec.batch,
            settings: order.spec.site.settings ?? [:], avoiding: order.avoiding, folder: folder)
        if case .described(let describe)? = order.job { job.description = describe(order.intendedAt) }
        return job
    }

    private func answer(_ piece: SiteReply.Piece, _ batch: any BatchSystem) -> SubmissionAnswer {
        switch piece.words[2] {
        case "submitted":
            do { return .submitted(try batch.jobID(fromSubmission: piece.text("o"))) } catch {
                return .unclear(error.message)
            }
        case "refused":
            return .refused(refusal(piece, batch))
        case "skipped":
            return .skipped
        case "unwritable":
            let words = (piece.lines["e"] ?? []).joined(separator: "; ")
            return .refused(
                SubmissionRefusal(
                    HomeTrouble.found(in: words)?.reason == "DiskFull" ? .diskFull : .other, mender: .user,
                    message: "the pilot's files cannot be written: \(words)"))
        case "stale":
            return .stale
        default:
            // Fenced: somebody else decides about this pilot; asking again tells what was decided.
            return .unclear(piece.words[2])
        }
    }

    private func refusal(_ piece: SiteReply.Piece, _ batch: any BatchSystem) -> SubmissionRefusal {
        let code = piece.words.count > 3 ? Int32(piece.words[3]) ?? 1 : 1
        return batch.refusal(
            CommandResult(status: .exited(code), output: piece.text("o"), errorOutput: piece.text("e")))
    }

    func recover(_ pilots: [PilotID]) async throws(SiteFailure) -> [PilotID: RecoveryAnswer] {
        let batch = try await connected().batch
        let reply = try await run(scripts.recover(pilots), "look after lost submissions")
        var answers: [PilotID: RecoveryAnswer] = [:]
        for piece in reply.all("pilot") where piece.words.count >= 3 {
            let pilot = PilotID(rawValue: piece.words[1])
            switch piece.words[2] {
            case "free":
                answers[pilot] = .never
            case "submitted":
                answers[pilot] =
                    (try? batch.jobID(fromSubmission: piece.text("o"))).map { .submitted($0) }
                    ?? .begun(isSubmitting: false)
            case "refused":
                answers[pilot] = .refused(refusal(piece, batch))
            default:
                let word = piece.words.count > 3 ? piece.words[3] : ""
                answers[pilot] = .begun(isSubmitting: word == "yes" ? true : word == "no" ? false : nil)
            }
        }
        return answers
    }

    func renew(_ tokens: [PilotID: String]) async throws(SiteFailure) {
        let files = tokens.sorted { $0.key < $1.key }.map { (pilot: $0.key, file: payload.tokenFile($0.value)) }
        _ = try await run(scripts.replace(files), "replace the tokens of pilots")
    }

    func drain(_ pilots: [PilotID: Int]) async throws(SiteFailure) {
        let files = pilots.sorted { $0.key < $1.key }.map { pilot, seconds in
            (pilot: pilot, file: PilotFile(name: "drain", content: String(seconds)))
        }
        _ = try await run(scripts.replace(files), "tell pilots to finish")
    }

    func look() async throws(SiteFailure) -> SiteView {
        let connection = try await connected()
        let batch = connection.batch
        let command = Command.piped(
            script: scripts.look(batch.status(tagPrefix: PilotID.tagPrefix)), timeout: .seconds(60))
        let result = try await perform(command)
        let reply = SiteReply(result.output)
        guard reply.isWhole, let end = reply.first("status-end"), let code = end.words.last.flatMap({ Int32($0) }),
            let text = Self.text(between: "status", "status-end", of: result.output)
        else { throw SiteFailure("look at the jobs", result) }
        let own = CommandResult(
            status: .exited(code), output: text, errorOutput: result.errorOutput, duration: result.duration)
        let jobs: [JobReport]
        do { jobs = try batch.reports(from: own, tagPrefix: PilotID.tagPrefix) } catch { throw SiteFailure(error) }
        var reports: [PilotID: PilotReport] = [:]
        for piece in reply.all("report") where piece.words.count == 2 {
            let pilot = PilotID(rawValue: piece.words[1])
            reports[pilot] = Self.report(in: piece, "o")
        }
        return SiteView(jobs: jobs.map(connection.mapping().applied), reports: reports)
    }

    func cancel(_ jobs: [JobID]) async throws(SiteFailure) {
        let command = scripts.line(try await connected().batch.cancellation(of: jobs))
        let result = try await perform(
            .piped(script: scripts.script("\(command) </dev/null || exit $?\n"), timeout: .seconds(60)))
        guard result.succeeded else { throw SiteFailure("cancel jobs", result) }
    }

    func bury(_ pilots: [PilotID]) async throws(SiteFailure) {
        _ = try await run(scripts.bury(pilots), "mark pilots as cancelled")
    }

    func remove(_ pilots: [PilotID]) async throws(SiteFailure) {
        let script = scripts.remove(pilots, forgetting: try await connected().batch.forgetting)
        _ = try await run(script, "remove the files of pilots")
    }

    func wipe() async throws(SiteFailure) {
        let script = scripts.wipe(forgetting: try await connected().batch.forgetting)
        _ = try await run(script, "remove the folder", timeout: .seconds(120))
        root = nil
    }

    func run(
        _ script: String, _ action: String, timeout: Duration = .seconds(60), mustBeWhole: Bool = true
    ) async throws(SiteFailure) -> SiteReply {
        let result = try await perform(.piped(script: script, timeout: timeout))
        let reply = SiteReply(result.output)
        guard reply.isWhole || !mustBeWhole else { throw SiteFailure(action, result) }
        return reply
    }

    func perform(_ command: Command) async throws(SiteFailure) -> CommandResult {
        try await permit()
        do {
            let result = try await connected().runner.run(command)
            guard result.output.contains("\n@@vc3 superseded\n"), !SiteReply(result.output).isWhole else {
                return result
            }
            throw SiteFailure(
                reason: "Superseded",
                message: "another factory has worked here under a later lease; if that is because the Infoservice was"
                    + " restored from an older copy, remove ~/.vc3/\(scripts.factory)/\(scripts.site)/epoch.* there",
                mender: .operator, wasAnswered: true)
        } catch let error as CommandError {
            throw SiteFailure(error, hostKeyAdvice: connection?.hostKeyAdvice)
        } catch let failure as SiteFailure {
            throw failure
        } catch {
            throw SiteFailure(reason: "SiteFailed", message: "\(error)", mender: .operator, outcomeUnknown: true)
        }
    }

    func connected() async throws(SiteFailure) -> Connection {
        if let connection { return connection }
        let fresh = try await connector()
        connection = fresh
        if let session = fresh.runner as? SSHSession { sessions.continuation.yield(session) }
        return fresh
    }

    private func forgetConnection() async {
        let old = connection
        connection = nil
        if let session = old?.runner as? SSHSession { await session.close() }
    }
}
