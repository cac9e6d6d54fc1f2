// swift-tools-version: 6.2
import PackageDescription

// The parsers of untrusted text under libFuzzer. A package of its own, on links to the sources, so that it builds without
// any of the dependencies: see Tools/fuzz.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
}

let package = Package(
    name: "fuzzing",
    targets: [
        .target(name: "VC3Model", swiftSettings: strict),
        .target(name: "VC3Configuration", swiftSettings: strict),
        .target(name: "InfoserviceAPI", dependencies: ["VC3Model"], swiftSettings: strict),
        // Of VC3Certificates only the reader of SSH keys, which needs no cryptography.
        .target(name: "SSHKeyReader", swiftSettings: strict),
        // Of VC3Commands only the values: no program is run.
        .target(name: "VC3Commands", swiftSettings: strict),
        .target(name: "BatchSystems", dependencies: ["VC3Model", "VC3Commands"], swiftSettings: strict),
        fuzzer("FuzzJSON", ["VC3Model"]),
        fuzzer("FuzzInfoQuery", ["InfoserviceAPI", "VC3Model"]),
        fuzzer("FuzzINI", ["VC3Configuration"]),
        fuzzer("FuzzSSHKey", ["SSHKeyReader"]),
        // With the readers themselves, which no other module sees.
        fuzzer("FuzzSiteReplies", []),
        fuzzer("FuzzBatchReplies", ["BatchSystems", "VC3Commands", "VC3Model"]),
    ]
)
