import Foundation
import HTCondorPool
import Testing

@Suite struct HeadNodeConfigurationTests {
    private func sample(_ account: HeadNodeConfiguration.Account = .user("ana")) -> HeadNodeConfiguration {
        HeadNodeConfiguration(
            releaseDirectory: "/opt/condor", localDirectory: "/var/lib/vc3/heads/a", address: "192.0.2.7", port: 9701,
            trustDomain: TrustDomain(cluster: "a"), account: account)
    }

    private func settings(_ configuration: HeadNodeConfiguration) -> [String: String] {
        var found: [String: String] = [:]
        for line in configuration.rendered().split(separator: "\n") where !line.hasPrefix("#") && line.contains("=") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].filter { $0 != " " }
            #expect(found[name] == nil, "\(name) is set twice")
            found[name] = String(parts[1].drop { $0 == " " })
        }
        return found
    }

    @Test func anUnprivilegedHeadTrustsItsOwnerAndItsPilotsAndNobodyElse() {
        let found = settings(sample())
        for (name, value) in found where name.hasPrefix("ALLOW_") {
            // Pilots have a domain of their own, and may advertise themselves.
            let pilots = value.split(separator: " ").filter { $0.contains("*") }
            #expect(pilots == (name.contains("STARTD") || name.contains("MASTER") ? ["*@pilots.a.vc3"] : []), "\(name)")
        }
        #expect(found["ALLOW_WRITE"]?.contains("ana@a.vc3") == true)
        #expect(found["SEC_READ_AUTHENTICATION"] == "REQUIRED")
        #expect(found["CONDOR_IDS"] == nil)
    }

    @Test func aRootHeadServesTheAccountsOfItsMachine() {
        let found = settings(sample(.root(daemonUserID: 64, daemonGroupID: 65)))
        #expect(found["CONDOR_IDS"] == "64.65")
        #expect(found["ALLOW_WRITE"]?.hasSuffix("*@a.vc3") == true)
        #expect(found["ALLOW_ADMINISTRATOR"]?.contains("root@a.vc3") == true)
        #expect(found["ALLOW_DAEMON"]?.contains("*") == false)
        var named = sample(.root(daemonUserID: 64, daemonGroupID: 65))
        named.submitters = ["ana", "bo"]
        #expect(settings(named)["ALLOW_WRITE"]?.hasSuffix("ana@a.vc3 bo@a.vc3") == true)
    }

    @Test func anotherAddressThanTheInterfaceIsAdvertised() {
        var behind = sample()
        behind.listenAddress = "10.0.0.5"
        #expect(settings(behind)["TCP_FORWARDING_HOST"] == "192.0.2.7")
        behind.listenAddress = "192.0.2.7"
        #expect(settings(behind)["TCP_FORWARDING_HOST"] == nil)
    }

    @Test func secretFoldersArePrivate() {
        for (path, mode) in sample().directories {
            #expect(mode == (path.hasSuffix(".d") ? 0o700 : 0o755), "\(path)")
        }
        #expect(sample().signingKeyFile == "/var/lib/vc3/heads/a/passwords.d/vc3")
    }

    @Test func aRoleGetsEverythingButTheKey() throws {
        let variables = try #require(HeadNodeVariables(sample(.root(daemonUserID: 64, daemonGroupID: 65))))
        let folders = variables.folders.map { "\($0.path) \($0.mode) \($0.owner):\($0.group)" }
        #expect(folders.contains("/var/lib/vc3/heads/a 0755 64:65"))
        #expect(folders.contains("/var/lib/vc3/heads/a/spool 0755 64:65"))
        #expect(folders.contains("/var/lib/vc3/heads/a/passwords.d 0700 0:0"))
        let json = String(decoding: try JSONEncoder().encode(variables), as: UTF8.self)
        #expect(json.contains("\"vc3_condor_port\":9701"))
        #expect(HeadNodeVariables(sample()) == nil)
    }

    @Test func collectorsWithIPv6AddressesAreBracketed() {
        var six = sample()
        six.address = "2001:db8::1"
        #expect(six.collector == "[2001:db8::1]:9701")
        #expect(sample().collector == "192.0.2.7:9701")
    }
}
