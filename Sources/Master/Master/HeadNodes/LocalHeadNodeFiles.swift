import Foundation
import HTCondorPool
import VC3Certificates

/// The files of a local head node.
struct LocalHeadNodeFiles: Sendable {
    let configuration: HeadNodeConfiguration

    /// The files in which collector and schedd write their addresses once they take commands (HTCondor manual,
    /// `COLLECTOR_ADDRESS_FILE`, `SCHEDD_ADDRESS_FILE`).
    var answersExist: Bool { addressFiles.allSatisfy { FileManager.default.fileExists(atPath: $0) } }

    /// Where condor_master writes its process number.
    var pidFile: String { configuration.localDirectory + "/run/master.pid" }

    /// The number in ``pidFile``; it may be that of a process that is no more.
    var masterPID: Int32? {
        (try? String(contentsOfFile: pidFile, encoding: .utf8))
            .flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    private var addressFiles: [String] {
        [
            configuration.localDirectory + "/log/.collector_address",
            configuration.localDirectory + "/spool/.schedd_address",
        ]
    }

    /// Writes everything that the daemons need; only for daemons that do not run.
    func write(signingKey: PoolSigningKey, refusing refused: RefusedPilots) throws {
        try SecretFile.makeDirectory(configuration.localDirectory)
        for folder in configuration.directories {
            try SecretFile.makeDirectory(folder.path, mode: folder.mode)
        }
        // Addresses of daemons that are no more would pass for an answer.
        for file in addressFiles where FileManager.default.fileExists(atPath: file) {
            try FileManager.default.removeItem(atPath: file)
        }
        try SecretFile.write(
            configuration.rendered(), to: configuration.configurationFile, mode: 0o644, replacing: true)
        try SecretFile.write(
            refused.configuration, to: RefusedPilots.file(in: configuration.localDirectory), mode: 0o644,
            replacing: true)
        try SecretFile.write(
            signingKey.fileContents, to: configuration.signingKeyFile, mode: 0o600, replacing: true)
        try SecretFile.write(
            environmentScript, to: configuration.localDirectory + "/../env.sh", mode: 0o644, replacing: true)
    }

    /// What a person reads into a shell to use the pool.
    private var environmentScript: String {
        """
        # Source this to use the pool: condor_status, condor_submit, condor_q.
        CONDOR_CONFIG='\(configuration.configurationFile)'
        PATH='\(configuration.releaseDirectory)/bin:\(configuration.releaseDirectory)/sbin':$PATH
        export CONDOR_CONFIG PATH

        """
    }
}
