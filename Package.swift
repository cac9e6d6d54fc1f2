// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A library target. Folder, target and import name are equal: `Sources/<group>/<name>`.
func library(_ name: String, in group: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(group)/\(name)", swiftSettings: strict)
}

/// A composition root, `Sources/Programs/<name>`.
func program(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Sources/Programs/\(name)", exclude: exclude,
        swiftSettings: strict)
}

/// The tests of a target, `Tests/<target>Tests`.
func tests(
    of target: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [], exclude: [String] = []
) -> Target {
    .testTarget(
        name: "\(target)Tests", dependencies: [.init(stringLiteral: target)] + dependencies, exclude: exclude,
        resources: resources, swiftSettings: strict)
}

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let grdbSQLite = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioConcurrency = product(name: "NIOConcurrencyHelpers", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioFoundation = product(name: "NIOFoundationCompat", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let systemPackage = product(name: "SystemPackage", package: "swift-system")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let x509 = product(name: "X509", package: "swift-certificates")
}

let package = Package(
    name: "vc3",
    products: [
        .executable(name: "vc3", targets: ["vc3"]),
        .executable(name: "vc3-client", targets: ["vc3-client"]),
        .executable(name: "vc3-infoservice", targets: ["vc3-infoservice"]),
        .executable(name: "vc3-master", targets: ["vc3-master"]),
        .executable(name: "vc3-factory", targets: ["vc3-factory"]),
        // The name that service files of the original start.
        .executable(name: "autopyfactory", targets: ["vc3-factory"]),
        .executable(name: "vc3-infoclient", targets: ["vc3-infoclient"]),
        .executable(name: "credible", targets: ["credible"]),
        .executable(name: "vc3-glidein", targets: ["vc3-glidein"]),
    ],
    traits: [
        .trait(name: "PostgreSQL", description: "The Infoservice can keep its entities in PostgreSQL (needs libpq)."),
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
    ],
    targets: [
        // MARK: Model: entities and rules, no I/O
        library("VC3Model", in: "Model"),

        // MARK: Mechanisms: one outside technology behind each door
        // Keys, certificates, chains, SSH keys.
        library("VC3Certificates", in: "Mechanisms", [.x509, .asn1, .crypto, .cryptoExtras]),
        // Running a program's command line to its exit code.
        library("VC3CommandLine", in: "Mechanisms", [.argumentParser]),
        // What programs that run for long share: options, log, the user they run as.
        library(
            "VC3Daemon", in: "Mechanisms",
            ["VC3Configuration", .argumentParser, .logging, .serviceLifecycle, .unixSignals]),
        // Running commands, here and at the far end of SSH.
        library("VC3Commands", in: "Mechanisms", [.subprocess, .systemPackage]),
        // The INI dialect of the admin guide.
        library("VC3Configuration", in: "Mechanisms"),
        // Keyed work queue, backoff, reconcile loop.
        library("VC3Reconciling", in: "Mechanisms", [.logging]),
        // Mutual-TLS server and client, peer identity, problem documents.
        library(
            "VC3Transport", in: "Mechanisms",
            [
                "VC3Model", "VC3Certificates", .hummingbirdCore, .nioCore,
                .nioConcurrency, .nioHTTPTypes, .nioPosix, .nioSSL, .nioTLS, .asyncHTTPClient, .logging,
                .serviceLifecycle,
            ]),
        // How programs do, told to those who watch over them: Prometheus, Graphite, mail.
        library(
            "VC3Monitoring", in: "Mechanisms",
            [
                "VC3Commands", "VC3Transport", .hummingbird, .hummingbirdCore, .nioCore, .nioPosix, .logging,
                .serviceLifecycle,
            ]),

        // MARK: HTCondor: what the service side knows about HTCondor pools
        // Pilot tokens, head node configuration, the pilot's batch script.
        library("HTCondorPool", in: "HTCondor", [.crypto]),

        // MARK: Credible: the private CA
        library("Credible", in: "Credible", ["VC3Certificates", "VC3Configuration"]),

        // MARK: Infoservice: the only shared state
        // Contract: reader, writer, watcher.
        library("InfoserviceAPI", in: "Infoservice", ["VC3Model"]),
        // Revisions, history, watches, sealing, persistence plugins.
        .systemLibrary(
            name: "CLibpq", path: "Sources/Infoservice/CLibpq", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        library(
            "InfoserviceStore", in: "Infoservice",
            [
                "InfoserviceAPI", "VC3Model", .grdb, .grdbSQLite, .crypto, .logging,
                .target(name: "CLibpq", condition: .when(traits: ["PostgreSQL"])),
            ]),
        // Authenticate, authorize, validate, store, encode.
        library(
            "InfoserviceServer", in: "Infoservice",
            [
                "InfoserviceStore", "InfoserviceAPI", "VC3Model", "VC3Monitoring", "VC3Transport", "VC3Certificates",
                .hummingbird,
                .hummingbirdCore, .httpTypes, .nioCore, .nioConcurrency, .nioHTTP1, .serviceLifecycle, .unixSignals,
                .logging,
            ]),
        // The contract over mutual TLS.
        library(
            "InfoserviceClient", in: "Infoservice",
            [
                "InfoserviceAPI", "VC3Model", "VC3Transport", .asyncHTTPClient, .nioCore, .nioHTTP1,
            ]),

        // MARK: Credible, for those who hold its certificates
        // What a party does about its own certificate: enrol, keep, renew.
        library(
            "Enrolling", in: "Credible",
            [
                "VC3Certificates", "VC3Transport", "InfoserviceAPI", "VC3Model", .asyncHTTPClient, .logging, .nioCore,
                .nioHTTP1, .nioSSL, .serviceLifecycle,
            ]),

        // MARK: Master: reconciles allocations, requests, head nodes
        library(
            "Master", in: "Master",
            [
                "VC3Model", "InfoserviceAPI", "VC3Reconciling", "VC3Commands", "VC3Certificates", "Credible",
                "HTCondorPool", .crypto, .logging,
            ]),

        // MARK: Factory: keeps the decided number of pilots alive
        // The batch-system port and its adapters.
        library("BatchSystems", in: "Factory", ["VC3Model", "VC3Commands"]),
        // Sizing, ledger, sites.
        library(
            "Factory", in: "Factory",
            [
                "VC3Model", "InfoserviceAPI", "VC3Reconciling", "VC3Certificates", "VC3Commands", "BatchSystems",
                "HTCondorPool", .crypto, .logging,
            ]),
        // Keys, proxies and tokens of queues: their files, their ends, their renewal.
        library(
            "FactoryCredentials", in: "Factory",
            [
                "InfoserviceAPI", "VC3Certificates", "VC3Commands", "VC3Model", "VC3Reconciling", .logging,
                .serviceLifecycle,
            ]),
        // What a Factory shows to those who watch over it.
        library(
            "FactoryMonitors", in: "Factory",
            [
                "Factory", "FactoryCredentials", "VC3Commands", "VC3Model", "VC3Monitoring", "VC3Transport", .httpTypes,
                .hummingbird, .logging, .nioCore, .serviceLifecycle,
            ]),
        // Pilots' logs: where they are, who may read them, how long they stay.
        library(
            "FactoryLogs", in: "Factory",
            [
                "Factory", "VC3Model", "VC3Transport", .httpTypes, .hummingbird, .hummingbirdCore, .logging, .nioCore,
                .serviceLifecycle,
            ]),

        // MARK: Worker: runs in a user's account; nothing of the service side
        // System calls that Swift cannot make by itself.
        .target(name: "CGlidein", path: "Sources/Worker/CGlidein"),
        // An HTCondor startd that joins a head node.
        library("Glidein", in: "Worker", ["CGlidein"]),

        // MARK: Front ends
        // Which Infoservice a client program talks to, and as whom.
        library(
            "ClientSettings", in: "FrontEnds",
            [
                "Enrolling", "InfoserviceClient", "VC3Certificates", "VC3Configuration", "VC3Model", "VC3Transport",
                .logging,
            ]),
        // What vc3-master and vc3-factory have in common: settings, connection, leading.
        library(
            "PartWiring", in: "FrontEnds",
            [
                "ClientSettings", "Enrolling", "InfoserviceAPI", "InfoserviceClient", "Master", "VC3Certificates",
                "VC3Configuration", "VC3Model", "VC3Transport", .logging, .serviceLifecycle, .unixSignals,
            ]),
        // autopyfactory.conf and the files beside it, as values.
        library(
            "FactorySettings", in: "FrontEnds",
            [
                "BatchSystems", "Factory", "FactoryCredentials", "FactoryLogs", "FactoryMonitors", "VC3Certificates",
                "VC3Configuration", "VC3Daemon", "VC3Model", "VC3Monitoring", "VC3Transport",
                .logging, .serviceLifecycle,
            ]),
        library(
            "ClientCommands", in: "FrontEnds",
            ["VC3Model", "InfoserviceAPI", "VC3Certificates", "Enrolling", .argumentParser]),
        // vc3-client as a whole, for the programs that are it or have it in them.
        library(
            "ClientProgram", in: "FrontEnds",
            [
                "ClientCommands", "ClientSettings", "InfoserviceClient", "InfoserviceAPI", "VC3Configuration",
                "VC3Model",
            ]),

        // MARK: Programs: composition roots
        program(
            "vc3",
            [
                "Credible", "VC3Certificates", "VC3CommandLine", "VC3Configuration", "VC3Daemon", "VC3Transport",
                "InfoserviceStore", "InfoserviceServer", "InfoserviceAPI", "VC3Model", "Master", "Factory",
                "FactoryCredentials", "FactoryLogs", "FactoryMonitors", "FactorySettings", "PartWiring", "Enrolling",
                "ClientProgram", "ClientSettings", "InfoserviceClient", .argumentParser,
                .serviceLifecycle, .unixSignals, .logging,
            ]),
        program("vc3-client", ["ClientProgram"]),
        program(
            "vc3-infoservice",
            [
                "Enrolling", "InfoserviceAPI", "InfoserviceServer", "InfoserviceStore", "VC3CommandLine",
                "VC3Configuration", "VC3Daemon", "VC3Model", "VC3Monitoring",
                "VC3Transport", .argumentParser, .logging, .serviceLifecycle, .unixSignals,
            ]),
        program(
            "vc3-master",
            [
                "Credible", "Master", "PartWiring", "VC3Certificates", "VC3CommandLine", "VC3Configuration",
                "VC3Daemon", "VC3Model", .argumentParser, .logging,
            ]),
        program(
            "vc3-factory",
            [
                "Factory", "FactoryCredentials", "FactoryLogs", "FactoryMonitors", "FactorySettings",
                "InfoserviceAPI", "PartWiring", "VC3Certificates", "VC3CommandLine", "VC3Commands", "VC3Configuration",
                "VC3Daemon", "VC3Model", "VC3Transport", .argumentParser,
                .logging,
                .serviceLifecycle,
            ]),
        program(
            "vc3-infoclient",
            [
                "ClientSettings", "InfoserviceClient", "VC3CommandLine", "VC3Configuration", "VC3Model",
                .argumentParser,
            ]),
        program("credible", ["Credible", "VC3Certificates", "VC3Configuration", .argumentParser]),
        program("vc3-glidein", ["Glidein"]),

        // MARK: Testing: never in a program
        library(
            "VC3Testing", in: "Testing",
            [
                "VC3Model", "InfoserviceAPI", "InfoserviceStore", "InfoserviceServer", "InfoserviceClient",
                "VC3Certificates", "VC3Commands", "VC3Transport", .logging, .serviceLifecycle, .nioCore, .nioPosix,
            ]),
        tests(of: "VC3Model"),
        tests(of: "VC3Certificates", ["VC3Testing"]),
        tests(of: "VC3Configuration"),
        tests(of: "VC3Commands"),
        tests(of: "VC3Reconciling", [.logging]),
        tests(of: "HTCondorPool", [.crypto]),
        tests(of: "Credible", ["credible", "VC3Certificates", "VC3Configuration", "VC3Testing"]),
        tests(
            of: "Enrolling",
            [
                "InfoserviceAPI", "InfoserviceServer", "VC3Certificates", "VC3Model", "VC3Testing", "VC3Transport",
                .logging,
                .serviceLifecycle,
            ]),
        tests(
            of: "ClientSettings",
            [
                "Enrolling", "InfoserviceAPI", "InfoserviceClient", "InfoserviceServer", "InfoserviceStore",
                "VC3Certificates", "VC3Configuration", "VC3Model", "VC3Testing", "VC3Transport",
            ]),
        tests(
            of: "PartWiring",
            [
                "Enrolling", "InfoserviceAPI", "InfoserviceClient", "InfoserviceServer", "VC3Configuration", "VC3Model",
                "VC3Testing", .logging,
            ]),
        tests(
            of: "InfoserviceStore", ["InfoserviceServer", "InfoserviceAPI", "VC3Model", "VC3Testing", .grdb]),
        tests(
            of: "InfoserviceServer",
            [
                "vc3-infoservice", "InfoserviceClient", "InfoserviceStore", "InfoserviceAPI", "VC3Transport",
                "VC3Model", "VC3Testing", "VC3Certificates", .logging, .serviceLifecycle, .asyncHTTPClient, .nioCore,
                .nioHTTP1, .nioSSL, .httpTypes, .nioPosix, .nioEmbedded,
            ]),
        tests(
            of: "Master",
            [
                "VC3Model", "InfoserviceAPI", "VC3Reconciling", "VC3Commands", "VC3Certificates", "Credible",
                "HTCondorPool", .logging,
            ]),
        tests(
            of: "FactorySettings",
            [
                "BatchSystems", "Factory", "FactoryCredentials", "FactoryLogs", "FactoryMonitors", "VC3Commands",
                "VC3Configuration", "VC3Model", "VC3Testing", .logging,
            ],
            resources: [.copy("Fixtures")]),
        tests(of: "BatchSystems", ["VC3Model", "VC3Commands"], resources: [.copy("Fixtures")]),
        tests(
            of: "Factory",
            ["VC3Model", "InfoserviceAPI", "VC3Reconciling", "HTCondorPool", "VC3Commands", "BatchSystems", .logging],
            exclude: ["Recorded"]),
        tests(
            of: "FactoryMonitors",
            ["Factory", "VC3Commands", "VC3Model", "VC3Monitoring", "VC3Testing", .logging]),
        tests(
            of: "FactoryCredentials",
            [
                "InfoserviceAPI", "InfoserviceClient", "VC3Certificates", "VC3Commands", "VC3Model", "VC3Testing",
                .logging,
            ]),
        tests(
            of: "FactoryLogs",
            [
                "Factory", "VC3Certificates", "VC3Model", "VC3Testing", "VC3Transport", .asyncHTTPClient, .logging,
                .nioCore, .nioHTTP1, .serviceLifecycle,
            ]),
        tests(
            of: "VC3Monitoring",
            ["VC3Commands", .hummingbird, .logging, .nioCore, .nioPosix, .serviceLifecycle]),
        tests(of: "Glidein"),
        tests(
            of: "ClientCommands",
            ["VC3Model", "InfoserviceAPI", "Enrolling", "VC3Certificates", "VC3Testing", .argumentParser]),
    ]
)
