// swift-tools-version: 6.2
import PackageDescription

// What reads untrusted text and needs cryptography for it, under libFuzzer. Apart from the package above it, which builds in
// seconds because it needs none: see Tools/fuzz.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")

func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
}

let package = Package(
    name: "fuzzing-certificates",
    dependencies: [
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    ],
    targets: [
        .target(name: "VC3Certificates", dependencies: [asn1, crypto, cryptoExtras, x509], swiftSettings: strict),
        .target(name: "VC3Configuration", swiftSettings: strict),
        .target(
            name: "Credible", dependencies: ["VC3Certificates", "VC3Configuration"], swiftSettings: strict),
        fuzzer("FuzzSigningRequest", ["VC3Certificates", asn1, crypto]),
        fuzzer("FuzzCredibleSettings", ["Credible", "VC3Certificates", "VC3Configuration"]),
    ]
)
