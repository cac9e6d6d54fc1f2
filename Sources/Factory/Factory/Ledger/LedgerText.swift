import BatchSystems
import Foundation
import VC3Model

/// An entry as JSON, with sorted keys.
///
/// What is written for every step of every pilot is written here field by field, as `JSONEncoder` would write it, in a
/// fraction of its time. It is read by the same decoder as the rest.
struct LedgerText {
    static func append(_ entry: LedgerEntry, to bytes: inout [UInt8]) throws {
        var text = LedgerText()
        swap(&text.bytes, &bytes)
        defer { swap(&text.bytes, &bytes) }
        switch entry {
        case .pilot(let record):
            text.raw(#"{"pilot":{"record":"#)
            text.write(record)
            text.raw("}}")
        case .forgotten(let pilot):
            text.raw(#"{"forgotten":{"pilot":"#)
            text.quote(pilot.rawValue)
            text.raw("}}")
        case .site, .siteRemoved, .tally, .setRemoved:
            text.bytes += try JSONValue.encoder().encode(entry)
        }
    }

    private var bytes: [UInt8] = []
    private var isFirst = true

    private mutating func write(_ pilot: PilotRecord) {
        raw("{")
        member("clearedAt", pilot.clearedAt)
        member("drainingAt", pilot.drainingAt)
        member("end", pilot.end?.rawValue)
        member("endedAt", pilot.endedAt)
        if let exit = pilot.exit {
            key("exit")
            write(exit)
        }
        member("host", pilot.host)
        member("id", pilot.id.rawValue)
        member("intendedAt", pilot.intendedAt)
        if let isTokenLate = pilot.isTokenLate {
            key("isTokenLate")
            raw(isTokenLate ? "true" : "false")
        }
        member("job", pilot.job?.rawValue)
        member("joinedAt", pilot.joinedAt)
        if let lines = pilot.lastLines {
            key("lastLines")
            write(lines)
        }
        member("pilotSet", pilot.pilotSet)
        member("queuedAt", pilot.queuedAt)
        member("retiring", pilot.retiring?.rawValue)
        member("retiringAt", pilot.retiringAt)
        member("runningAt", pilot.runningAt)
        member("site", pilot.site.rawValue)
        member("stage", pilot.stage.rawValue)
        member("submittedAt", pilot.submittedAt)
        member("tokenEnds", pilot.tokenEnds)
        member("validatedAt", pilot.validatedAt)
        member("walltime", pilot.walltime)
        member("wantedAt", pilot.wantedAt)
        if let wasAdopted = pilot.wasAdopted {
            key("wasAdopted")
            raw(wasAdopted ? "true" : "false")
        }
        raw("}")
    }

    private mutating func write(_ exit: PilotExit) {
        raw("{")
        isFirst = true
        member("code", exit.code.map { Int($0) })
        member("message", exit.message)
        member("signal", exit.signal.map { Int($0) })
        member("word", exit.word)
        raw("}")
    }

    private mutating func write(_ lines: [String]) {
        raw("[")
        for (number, line) in lines.enumerated() {
            if number > 0 { raw(",") }
            quote(line)
        }
        raw("]")
    }

    private mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func key(_ name: StaticString) {
        raw(isFirst ? "\"" : ",\"")
        isFirst = false
        raw(name)
        raw("\":")
    }

    private mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        key(name)
        quote(value)
    }

    private mutating func member(_ name: StaticString, _ value: Timestamp?) {
        guard let value else { return }
        key(name)
        raw("\"")
        bytes.append(contentsOf: value.description.utf8)
        raw("\"")
    }

    private mutating func member(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        key(name)
        bytes.append(contentsOf: String(value).utf8)
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            bytes.append(contentsOf: text.utf8)
        } else {
            escape(text)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): raw(#"\""#)
            case UInt8(ascii: "\\"): raw(#"\\"#)
            case 0x08: raw(#"\b"#)
            case 0x09: raw(#"\t"#)
            case 0x0A: raw(#"\n"#)
            case 0x0C: raw(#"\f"#)
            case 0x0D: raw(#"\r"#)
            case 0..<0x20:
                raw(byte < 16 ? #"\u000"# : #"\u001"#)
                bytes.append(contentsOf: String(byte & 15, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
    }
}
