public import ArgumentParser

/// Options that stand before the subcommand.
public struct GlobalOptions: ParsableArguments, Sendable {
    @Option(
        name: [.customShort("c"), .customLong("config")],
        help: ArgumentHelp(
            "Configuration files, separated by commas; later ones override earlier ones.",
            discussion: "Default: what the variable VC3_CLIENT_CONF names, else "
                + "/etc/vc3/vc3-client.conf,~/.local/etc/vc3-client.conf,~/.local/etc/vc3-client-local.conf.",
            valueName: "files"))
    public var config: String?

    @Flag(name: [.customShort("d"), .customLong("debug")], help: "Tell everything that happens, on standard error.")
    public var debug = false

    @Flag(name: [.customShort("v"), .customLong("verbose")], help: "Tell what happens, on standard error.")
    public var verbose = false

    public init() {}
}
