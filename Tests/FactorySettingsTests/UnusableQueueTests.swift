import Foundation
import Testing
import VC3Configuration
import VC3Testing

@testable import FactorySettings

/// Sections that are well written and cannot be run here: each is told with the line of the key that has to be another.
@Suite struct UnusableQueueTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        var plugin: SubmitPlugin
        var key: String
        var value: String
        /// What is wrong, and what is allowed.
        var words: [String]

        var testDescription: String { "\(plugin): \(key) = \(value)" }
    }

    /// Of each plugin for which the Factory itself reads the executable and knows the variables.
    static let ofCommands: [Fault] = SubmitPlugin.allCases.filter {
        ![.condorLocal, .condorOSGCE, .condorEC2].contains($0)
    }.flatMap { plugin in
        let isOverSSH = [.condorSSH, .condorSSHRemoteManager].contains(plugin)
        let elsewhere = isOverSSH ? "condor_attributes.transfer_executable = False" : "transferexecutable = False"
        let bring = ["give a file of at most 1048576 bytes that me may read", "say \(plugin.prefix)\(elsewhere)"]
        let unset = ["uses $ENV(NOWHERE), which is not set where the factory runs; give a variable that is"]
        return [
            Fault(plugin: plugin, key: "executable", value: "/nowhere/x", words: ["'/nowhere/x'", "be read"] + bring),
            Fault(plugin: plugin, key: "executable", value: "/", words: ["'/'", "it cannot be read"] + bring),
            Fault(plugin: plugin, key: "executable.arguments", value: "$ENV(HOSTNAME) $ENV(NOWHERE)", words: unset),
            Fault(plugin: plugin, key: "executable.defaultarguments", value: "\"'$ENV(NOWHERE)'\"", words: unset),
            Fault(plugin: plugin, key: plugin.prefix + "environ", value: "A=1 B=$ENV(NOWHERE)", words: unset),
        ]
    }

    static let overSSH: [Fault] = [SubmitPlugin.condorSSH, .condorSSHRemoteManager].flatMap { plugin in
        let key = plugin.prefix + "condor_attributes"
        return [
            Fault(plugin: plugin, key: plugin.prefix + "method", value: "gsissh", words: ["give ssh, and a key"]),
            Fault(
                plugin: plugin, key: key, value: "request_cpus=1, batch_queue=a;b",
                words: ["batch_queue = a;b is", "letters, digits, ., _, -"]),
            Fault(plugin: plugin, key: key + ".batch_project", value: "-x", words: ["batch_project = -x begins with"]),
            Fault(
                plugin: plugin, key: key + ".+remote_queue", value: "\"\"", words: ["is empty; leave it out instead"]),
        ]
    }

    /// What a submit description cannot hold.
    static let described: [Fault] = [
        (.condorLocal, "executable.arguments", "one\n  two"), (.condorLocal, "executable.defaultarguments", "1\n  2"),
        (.condorOSGCE, "batchsubmit.condorosgce.gridresource", "ce\n  x"),
        (.condorEC2, "batchsubmit.condorec2.ami_id", "a\n  b"),
        (.condorEC2, "batchsubmit.condorec2.user_data", "a\n  b"),
    ].map { Fault(plugin: $0, key: $1, value: $2, words: ["cannot be submitted", "the control character 10"]) }

    @Test(arguments: ofCommands + overSSH + described, ["[q]", "[DEFAULT]"])
    func whatCannotRunIsToldWithTheLineOfItsKey(fault: Fault, section: String) throws {
        let others = ["executable = /bin/sh"] + GoodFile.needed(fault.plugin)
        var lines = ["[DEFAULT]", "enabled = True", "[q]", "batchsubmitplugin = \(fault.plugin.rawValue)"]
        lines += others.filter { !$0.hasPrefix(fault.key + " =") }
        let index = try #require(lines.firstIndex(of: section)) + 1
        lines.insert("\(fault.key) = \(fault.value)", at: index)
        let error = try Self.error(lines)
        #expect(
            error.diagnostics.contains { remark in
                "\(remark)".hasPrefix("q.conf:\(index + 1): error: [q] \(fault.key) ")
                    && fault.words.allSatisfy { "\(remark)".contains($0) }
            }, "\(error)")
    }

    @Test func aProgramThatIsTooLongToBeBroughtIsToldWithItsLine() async throws {
        try await withScratchPath { folder in
            try Data(count: 1_048_577).write(to: URL(filePath: "\(folder)/x"))
            let error = try Self.error([
                "[q]", "enabled = True", "batchsubmitplugin = Local", "executable = \(folder)/x",
            ])
            #expect(
                "\(error)".hasPrefix("q.conf:4: error: [q] executable = '\(folder)/x' is not allowed: it has 1048577"))
        }
    }

    private static func error(_ lines: [String]) throws -> ConfigurationError {
        try #require(throws: ConfigurationError.self) {
            let document = try INIDocument(parsing: lines.joined(separator: "\n") + "\n", file: "q.conf")
            _ = try QueueDocument.load(document, homeDirectory: "/home/f").settings.queues.running(
                in: RunningQueueTests.surroundings, of: document)
        }
    }
}
