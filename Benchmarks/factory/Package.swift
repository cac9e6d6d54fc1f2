// swift-tools-version: 6.2
import PackageDescription

// The Factory under load, for Benchmarks/factory/run. A package of its own, on links to the sources, so that no user's
// build has it and it is built optimized although it reaches into the Factory.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = [], _ more: [SwiftSetting] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + more)
}

let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let certificates = Target.Dependency.product(name: "X509", package: "swift-certificates")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "factory-load",
    dependencies: [
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
    ],
    targets: [
        library("VC3Model"),
        library("InfoserviceAPI", ["VC3Model"]),
        library("VC3Commands", [subprocess, systemPackage]),
        library("VC3Certificates", [certificates, asn1, crypto, cryptoExtras]),
        library("VC3Reconciling", [logging]),
        library("HTCondorPool", [crypto]),
        library("BatchSystems", ["VC3Model", "VC3Commands"]),
        library(
            "Factory",
            [
                "VC3Model", "InfoserviceAPI", "VC3Reconciling", "VC3Certificates", "VC3Commands", "BatchSystems",
                "HTCondorPool", crypto, logging,
            ],
            [.unsafeFlags(["-enable-testing"])]),
        .executableTarget(
            name: "factory-load",
            dependencies: [
                "Factory", "VC3Model", "InfoserviceAPI", "VC3Commands", "BatchSystems", "HTCondorPool", logging,
            ], path: "Sources/FactoryLoad", swiftSettings: strict),
    ]
)
