import ArgumentParser

/// The command line as a whole: global options, and all subcommands in groups by what they are about.
///
/// Subcommands are parsed by themselves: ArgumentParser would look for global options behind them as well and take
/// away words that are values there.
struct WholeCommand: ParsableCommand {
    @OptionGroup var global: GlobalOptions

    static let configuration = CommandConfiguration(
        commandName: "vc3-client",
        abstract: "Make, watch and end virtual clusters on the accounts that you have.",
        discussion: """
            A virtual cluster is one pool of workers on several sites. First tell VC3 who you are and where you have \
            accounts (user, resource, allocation, project), then what you want (nodeset, cluster), then ask for it \
            (request). 'vc3-client help SUBCOMMAND' shows each step with an example.

            Options may be cut to any unambiguous beginning. Exit codes: 0 done; 1 error; 2 wrong usage, an entity to \
            create exists, or one to change does not; 3 an entity to show or delete does not exist.
            """,
        groupedSubcommands: groups.map { CommandGroup(name: $0.title, subcommands: $0.commands) })

    static let groups: [(title: String, commands: [any ClientCommand.Type])] = [
        ("People", [UserCreate.self, UserList.self, UserDelete.self]),
        (
            "Certificates by a code",
            [PairingCreate.self, PairingList.self, PairingDelete.self, PairingRetrieve.self]
        ),
        (
            "Projects",
            [
                ProjectCreate.self, ProjectAddUser.self, ProjectRemoveUser.self, ProjectAddAllocation.self,
                ProjectRemoveAllocation.self, ProjectList.self, ProjectDelete.self,
            ]
        ),
        (
            "Sites",
            [
                ResourceCreate.self, ResourceList.self, ResourceDelete.self, NodeinfoCreate.self, NodeinfoList.self,
                NodeinfoDelete.self,
            ]
        ),
        (
            "Accounts at sites",
            [
                AllocationCreate.self, AllocationList.self, AllocationShow.self, AllocationGetPubToken.self,
                AllocationValidate.self, AllocationRotateKey.self, AllocationDelete.self, SiteLoginCommand.self,
            ]
        ),
        (
            "Templates",
            [
                NodesetCreate.self, NodesetList.self, NodesetDelete.self, ClusterCreate.self, ClusterList.self,
                ClusterAddNodeset.self, ClusterRemoveNodeset.self, ClusterDelete.self, EnvironmentCreate.self,
                EnvironmentList.self, EnvironmentDelete.self,
            ]
        ),
        (
            "Virtual clusters",
            [
                RequestCreate.self, RequestList.self, RequestWait.self, RequestExplain.self, RequestStatus.self,
                RequestGetState.self, RequestGetConfString.self, RequestTerminate.self, RequestDelete.self,
            ]
        ),
        (
            "Pilots",
            [PilotList.self, PilotShow.self, PilotLogCommand.self, PilotRevoke.self, ProvisionerList.self]
        ),
    ]

    /// Every subcommand by its name.
    static let commands: [String: any ClientCommand.Type] = Dictionary(
        uniqueKeysWithValues: groups.flatMap(\.commands).map { ($0._commandName, $0) })
}
