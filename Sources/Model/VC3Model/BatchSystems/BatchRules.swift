/// What one batch system can be asked for, and what may be passed on to it: one value for checks, adapters and documentation.
public struct BatchRules: Sendable {
    /// An option of ``BatchOptions`` that not every batch system has.
    public enum Option: String, Sendable, CaseIterable {
        case queue, account, qos, reservation, constraint, wholenode, gpus
    }

    /// How an option is said to the batch system.
    public struct Expression: Sendable {
        /// For people: the batch system's own option.
        public let directive: String
        /// Characters that its value may have beside letters, digits, `.`, `_` and `-`.
        let further: String

        init(_ directive: String, allowing further: String = "") {
            self.directive = directive
            self.further = further
        }
    }

    /// What may stand in `submitargs`.
    public enum Directives: Sendable {
        /// Nothing.
        case none
        /// Options of the submit command by name. `withValue` need one, `alone` take none; `own` are set by VC3.
        case options(withValue: Set<String>, alone: Set<String>, own: Set<String>)
        /// Lines `name = value` of an HTCondor submit description, names in lower case; `own` are set by VC3. Attributes
        /// of the job (`+Name`, `My.Name`) may be set, but for the one that holds the tag.
        case lines(known: Set<String>, own: Set<String>)
    }

    public let flavor: BatchSystemFlavor
    /// What is not here the batch system cannot be asked for.
    public let expressions: [Option: Expression]
    public let directives: Directives
    /// Keys of a resource's `batchsettings`, and what they mean.
    public let settings: [String: String]
    /// Those of them that must be given.
    public var required: Set<String> { flavor == .kubernetes ? ["image"] : [] }

    /// All that is wrong with asking this batch system for `options`; empty when it may be asked.
    public func problems(with options: BatchOptions) -> [BatchProblem] {
        var problems = BatchOptions.problems(withTextsOf: options)
        if !problems.isEmpty { return problems }
        for option in Option.allCases {
            guard let value = options.value(of: option) else { continue }
            guard let expression = expressions[option] else {
                problems.append(.init(option.rawValue, "cannot be asked of \(flavor.title)"))
                continue
            }
            if let bad = value.unicodeScalars.first(where: {
                !Self.isPlain($0) && !expression.further.unicodeScalars.contains($0)
            }) {
                let further = expression.further.isEmpty ? "" : " and \(expression.further)"
                problems.append(
                    .init(
                        option.rawValue,
                        "is \"\(value)\": \(bad.debugDescription) cannot stand in what \(flavor.title) takes as "
                            + "\(expression.directive); letters, digits, ., _, -\(further) can"))
            }
        }
        for (index, text) in (options.submitargs ?? []).enumerated() {
            if let problem = directives.problem(with: text, flavor) {
                problems.append(.init("submitargs[\(index)]", problem))
            }
        }
        return problems
    }

    /// All that is wrong with `settings` of a resource.
    public func problems(withSettings settings: [String: String]) -> [BatchProblem] {
        let missing = required.filter { settings[$0] == nil }.sorted().map {
            BatchProblem($0, "must be given for \(flavor.title)")
        }
        return missing
            + settings.sorted { $0.key < $1.key }.compactMap { key, value in
                guard self.settings[key] != nil else {
                    let hint =
                        NearestName.to(key, among: self.settings.keys.sorted()).map { "; did you mean \($0)?" } ?? ""
                    let known =
                        self.settings.isEmpty
                        ? "there are none for \(flavor.title)"
                        : "known for \(flavor.title) are \(self.settings.keys.sorted().joined(separator: ", "))"
                    return .init(key, "is no setting: \(known)\(hint)")
                }
                let isGood =
                    !value.isEmpty && value.utf8.count <= 256
                    && value.unicodeScalars.allSatisfy { Self.isPlain($0) || "/:@".unicodeScalars.contains($0) }
                    && value.first != "-"
                return isGood
                    ? nil : .init(key, "is \"\(value.prefix(80))\"; letters, digits and . _ - / : @ can stand in it")
            }
    }

    static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "._-".unicodeScalars.contains(scalar))
    }
}

/// What is wrong with one member of the options.
public struct BatchProblem: Sendable, Hashable, CustomStringConvertible {
    /// Its name within `batch` or `batchsettings`.
    public let member: String
    public let problem: String

    init(_ member: String, _ problem: String) {
        self.member = member
        self.problem = problem
    }

    public var description: String { "\(member) \(problem)" }
}

extension BatchOptions {
    /// The option as text; `nil` if it is not asked for.
    public func value(of option: BatchRules.Option) -> String? {
        switch option {
        case .queue: queue
        case .account: account
        case .qos: qos
        case .reservation: reservation
        case .constraint: constraint
        case .wholenode: wholenode == true ? "true" : nil
        case .gpus: gpus.flatMap { $0 > 0 ? String($0) : nil }
        }
    }

    /// What no batch system takes: texts that could be read as something else than themselves.
    public static func problems(withTextsOf options: BatchOptions) -> [BatchProblem] {
        var problems: [BatchProblem] = []
        func check(_ member: String, _ value: String, mayBeginWithDash: Bool) {
            if value.isEmpty {
                problems.append(.init(member, "is empty; leave it out instead"))
            } else if value.utf8.count > 1024 {
                problems.append(.init(member, "is longer than 1024 characters"))
            } else if !value.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) {
                problems.append(.init(member, "has line ends or other characters than printable ASCII"))
            } else if value.first == " " || value.last == " " {
                problems.append(.init(member, "begins or ends with a blank"))
            } else if value.first == "-", !mayBeginWithDash {
                problems.append(.init(member, "begins with '-', which would make it another option"))
            }
        }
        for option in BatchRules.Option.allCases {
            if let value = options.value(of: option) { check(option.rawValue, value, mayBeginWithDash: false) }
        }
        for (index, text) in (options.submitargs ?? []).enumerated() {
            check("submitargs[\(index)]", text, mayBeginWithDash: true)
        }
        return problems
    }
}
