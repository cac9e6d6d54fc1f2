import VC3Model
import VC3Transport

/// A folder as a page.
enum LogIndex {
    /// - Parameters:
    ///   - path: Of the folder, decoded parts.
    ///   - entries: What the reader may see.
    static func page(of path: [String], _ entries: [LogShelf.Entry]) -> String {
        let title = escaped("Logs" + path.map { " / " + $0 }.joined())
        var page = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>\(title)</title></head><body><h1>\(title)</h1>
            <table><tr><th>Name</th><th>Last modified (UTC)</th><th>Size in bytes</th></tr>

            """
        if !path.isEmpty {
            page +=
                "<tr><td><a href=\"\(address(path.dropLast(), isFolder: true))\">..</a></td><td></td><td></td></tr>\n"
        }
        for entry in entries {
            let link = address(path + [entry.name], isFolder: entry.isFolder)
            page += "<tr><td><a href=\"\(link)\">\(escaped(entry.name))</a></td>"
            page += "<td>\(entry.changed.description.prefix(19))</td><td>\(entry.isFolder ? "" : "\(entry.size)")</td>"
            page += "</tr>\n"
        }
        return page + "</table></body></html>\n"
    }

    private static func address(_ path: some Sequence<String>, isFolder: Bool) -> String {
        let parts = path.map(\.percentEncoded)
        return "/" + parts.joined(separator: "/") + (isFolder && !parts.isEmpty ? "/" : "")
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
