/// The pilots that a pool refuses although their tokens are well signed and have not ended.
///
/// Two settings of the collector together: an expression over a token's claims (HTCondor manual,
/// `SEC_TOKEN_REVOCATION_EXPR`) by which it opens no new session, and denials of the identity, which it looks up for each
/// command and so end the sessions that are open. What a refused pilot has advertised is withdrawn, and its jobs go
/// back to the queue.
public struct RefusedPilots: Sendable, Hashable {
    public let trustDomain: TrustDomain
    /// In a fixed order.
    public let names: [String]

    /// Names that no pilot can have are left out: they go into configuration and expressions as they are.
    public init(_ names: some Sequence<String>, in trustDomain: TrustDomain) {
        self.trustDomain = trustDomain
        self.names = Set(names.filter { !$0.isEmpty && $0.utf8.allSatisfy(\.isDomainByte) }).sorted()
    }

    /// A file beside the pool's configuration, which the daemons read after it and which need not be there.
    public static func file(in localDirectory: String) -> String { localDirectory + "/refused_config" }

    /// What that file holds.
    public var configuration: String {
        let head = "# Written by VC3: pilots whose tokens were taken back.\n"
        if names.isEmpty { return head }
        let identities = names.map { trustDomain.identity(ofPilot: $0) }.joined(separator: ", ")
        return head + """
            DENY_READ = \(identities)
            DENY_ADVERTISE_STARTD = \(identities)
            DENY_ADVERTISE_MASTER = \(identities)
            SEC_TOKEN_REVOCATION_EXPR = member(sub, \(identityList))

            """
    }

    /// A script in POSIX sh for the head node that makes the running pool refuse these pilots and no others. It may run
    /// again at any time; it succeeds once the pool shows nothing of them.
    ///
    /// Whoever runs it administers the pool; `CONDOR_CONFIG` is set.
    public func script(releaseDirectory: String, localDirectory: String) -> String {
        let file = PilotScript.quoted(Self.file(in: localDirectory))
        let write = """
            PATH=\(PilotScript.quoted(releaseDirectory + "/bin")):\(PilotScript.quoted(releaseDirectory + "/sbin")):$PATH
            file=\(file)
            cat >"$file.new" <<'END' && chmod 644 "$file.new" && mv -f "$file.new" "$file" || exit 1
            \(configuration)END
            condor_reconfig </dev/null >/dev/null || exit 1

            """
        return names.isEmpty ? write : write + withdrawal
    }

    /// Sent again until nothing shows: an update may have overtaken the new configuration.
    private var withdrawal: String {
        """
        theirs='member(AuthenticatedIdentity, \(identityList))'
        withdraw() {
            printf 'MyType = "Query"\\nTargetType = "%s"\\nRequirements = %s\\n' "$2" "$theirs" |
                condor_advertise "$1" - >/dev/null
        }
        slots= try=0
        while :; do
            found=$(condor_status -any -constraint "$theirs" -af Name </dev/null) || exit 1
            [ -n "$found" ] || break
            # A thief names slots as it likes; what could be more than a name goes into no expression.
            slots="$slots $(printf '%s\\n' "$found" | grep -E '^[A-Za-z0-9@._-]+$')"
            [ "$try" -lt 50 ] || { echo "the collector still shows refused pilots: $found" >&2; exit 1; }
            withdraw INVALIDATE_STARTD_ADS Machine && withdraw INVALIDATE_STARTD_ADS StartD &&
                withdraw INVALIDATE_MASTER_ADS DaemonMaster || exit 1
            sleep 0.2
            try=$((try + 1))
        done
        at=
        for slot in $slots; do at="$at${at:+,}\\"$slot\\""; done
        running="member(RemoteHost, {$at}) || member(split(RemoteHost, \\"@\\")[1], "'\(nameList))'
        # It fails where there is no such job.
        condor_vacate_job -fast -constraint "$running" </dev/null >/dev/null 2>&1 || :
        # The negotiator hears of those jobs only at the schedd's next interval, unless somebody says so once they wait.
        try=0
        while [ "$try" -lt 25 ] && [ -n "$(condor_q -allusers -constraint "$running" -af ClusterId </dev/null)" ]; do
            sleep 0.2
            try=$((try + 1))
        done
        condor_reschedule </dev/null >/dev/null 2>&1 || :

        """
    }

    private var nameList: String { Self.list(names) }
    private var identityList: String { Self.list(names.map { trustDomain.identity(ofPilot: $0) }) }

    private static func list(_ words: [String]) -> String {
        "{" + words.map { "\"\($0)\"" }.joined(separator: ", ") + "}"
    }
}
