extension GlideinCommand {
    /// Reads a command line, without the program's name.
    ///
    /// Long options take their value as the next word or after `=`. The one-letter options are those of the original
    /// `vc3-glidein`; those that no longer have a meaning are refused with what to use instead.
    ///
    /// - Parameters:
    ///   - environment: For the defaults: `TMPDIR`, and the variable that `--vc3-env` names.
    ///   - defaultName: The pilot's id when none is given.
    public static func parse(
        _ words: [String], environment: [String: String], defaultName: String
    ) throws(OptionError) -> GlideinCommand {
        var found = Found()
        var rest = words[...]
        while let word = rest.popFirst() {
            var name = word
            var attached: String?
            if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
                name = String(word[..<equals])
                attached = String(word[word.index(after: equals)...])
            }
            guard let option = Option.named(name) else {
                let what = word.hasPrefix("-") ? "is not an option of vc3-glidein" : "is not expected here"
                throw OptionError(word, what + "; see vc3-glidein --help")
            }
            switch option.kind {
            case .help: return .help
            case .version: return .version
            case .refused(let instead): throw OptionError(name, instead)
            case .ignored: break
            case .flag(let set):
                if attached != nil { throw OptionError(name, "takes no value") }
                set(&found)
            case .value(let set):
                guard let value = attached ?? rest.popFirst() else { throw OptionError(name, "needs a value") }
                if value.isEmpty { throw OptionError(name, "must not be empty") }
                if value.utf8.contains(where: { $0 < 32 || $0 == 127 }) {
                    throw OptionError(name, "must not contain control characters")
                }
                try set(&found, Value(option: name, text: value))
            }
        }
        return .run(try found.options(environment: environment, defaultName: defaultName))
    }
}

/// A value on its way into a field, with the option's name for messages.
struct Value {
    let option: String
    let text: String

    func integer(_ range: ClosedRange<Int>, _ unit: String) throws(OptionError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw OptionError(
                option,
                "must be a whole number of \(unit) from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
        }
        return number
    }

    func absolutePath() throws(OptionError) -> String {
        guard text.hasPrefix("/") else { throw OptionError(option, "must be an absolute path, not '\(text)'") }
        return text
    }

    func address() throws(OptionError) -> GlideinOptions.Address {
        func wrong() -> OptionError {
            OptionError(option, "must be HOST:PORT, a numeric IPv6 address in brackets, not '\(text)'")
        }
        var host = text[...]
        var port = "9618"[...]
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let tail = text[text.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":"), host.contains(":") else { throw wrong() }
            if !tail.isEmpty { port = tail.dropFirst() }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            if host.contains(":") { throw wrong() }
        }
        let allowed = host.utf8.allSatisfy { $0.isNameByte || $0 == UInt8(ascii: ":") }
        guard !host.isEmpty, allowed, let number = Int(port), (1...65535).contains(number) else { throw wrong() }
        return GlideinOptions.Address(host: String(host), port: number)
    }

    func name() throws(OptionError) -> String {
        guard text.utf8.allSatisfy(\.isNameByte), let first = text.utf8.first, first.isLetterOrDigit,
            text.utf8.count <= 200
        else {
            throw OptionError(option, "must be letters, digits, '.', '_' and '-', not '\(text)'")
        }
        return text
    }

    func attribute() throws(OptionError) -> GlideinOptions.Attribute {
        guard let equals = text.firstIndex(of: "=") else {
            throw OptionError(option, "must be NAME=VALUE, not '\(text)'")
        }
        let name = String(text[..<equals])
        guard let first = name.utf8.first, first.isLetterOrDigit, !(48...57).contains(first),
            name.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "_") })
        else { throw OptionError(option, "needs a name of letters, digits and '_', not '\(name)'") }
        let value = String(text[text.index(after: equals)...])
        if value.contains("\\") { throw OptionError(option, "cannot publish a backslash, as in \(name)") }
        return GlideinOptions.Attribute(name: name, value: value)
    }
}

extension UInt8 {
    var isLetterOrDigit: Bool { (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self) }
    var isNameByte: Bool {
        isLetterOrDigit || self == UInt8(ascii: ".") || self == UInt8(ascii: "_") || self == UInt8(ascii: "-")
    }
}
