// swift-tools-version: 6.2
import PackageDescription

// Many lives of a Factory in simulation: see robustness/simulation. A package of its own, on links to the sources, so that
// it is built with optimization and testable at the same time, and without most dependencies.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]
let testable = strict + [.unsafeFlags(["-enable-testing"])]
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "lives",
    dependencies: [.package(url: "https://github.com/apple/swift-log.git", from: "1.16.2")],
    targets: [
        .target(name: "Crypto", swiftSettings: strict),
        .target(name: "VC3Model", swiftSettings: strict),
        // Of VC3Commands only the values: no program is run.
        .target(name: "VC3Commands", swiftSettings: strict),
        .target(name: "VC3Reconciling", dependencies: [logging], swiftSettings: strict),
        .target(name: "InfoserviceAPI", dependencies: ["VC3Model"], swiftSettings: strict),
        .target(name: "BatchSystems", dependencies: ["VC3Model", "VC3Commands"], swiftSettings: strict),
        .target(
            name: "Factory",
            dependencies: ["VC3Model", "VC3Reconciling", "InfoserviceAPI", "BatchSystems", "Crypto", logging],
            // What reaches real sites and real pools.
            exclude: [
                "Demand/DemandBoard.swift", "Demand/DemandSource.swift", "Login", "Shell", "Factory.swift",
                "FactoryIdentity.swift", "HeadNodeTokens.swift",
                "Sharing/SiteWork.swift", "SiteConnector.swift", "FirstHostKeys.swift",
            ],
            swiftSettings: testable),
        .target(
            name: "FactoryFakes",
            dependencies: ["Factory", "VC3Model", "VC3Reconciling", "InfoserviceAPI", "BatchSystems", logging],
            swiftSettings: testable),
        .executableTarget(name: "lives", dependencies: ["FactoryFakes"], swiftSettings: strict),
    ]
)
