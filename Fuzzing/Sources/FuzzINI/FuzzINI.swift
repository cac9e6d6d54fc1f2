import VC3Configuration

/// Configuration files: every value of every section is read as well.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    guard let document = try? INIDocument(parsing: text, file: "fuzz.conf") else { return 0 }
    for section in document.sections {
        precondition(document[section: section.name] != nil)
        for entry in section.entries + document.defaults.entries {
            _ = try? document.value(entry.key, in: section.name)
        }
    }
    let again = document.merging(document)
    precondition(again.sections.map(\.name) == document.sections.map(\.name))
    return 0
}
