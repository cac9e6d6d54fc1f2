import VC3Model

/// Entities in columns, for people.
enum TableForm {
    static func text(_ records: [EntityRecord], of kind: EntityKind, width: Int?) -> String {
        let columns = TableColumn.columns(of: kind)
        let rows = records.map { record in columns.map { oneLine($0.value(record.withoutSecrets)) } }
        return text(header: columns.map(\.title), rows: rows, width: width)
    }

    /// - Parameter width: Lines are not longer than this: the widest columns are shortened, with `…` at the cut.
    static func text(header: [String], rows: [[String]], width: Int?) -> String {
        let rows = [header] + rows
        var widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        if let width {
            let gaps = gap.count * max(0, header.count - 1)
            while widths.reduce(gaps, +) > width, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
                widths[widest] > narrowest
            {
                widths[widest] -= 1
            }
        }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                let shown = cell.count > width ? cell.prefix(max(0, width - 1)) + "…" : cell
                return shown + String(repeating: " ", count: width - shown.count)
            }
            return cells.joined(separator: gap).trimmingEnd()
        }.joined(separator: "\n")
    }

    private static let gap = "  "
    private static let narrowest = 4

    private static func oneLine(_ text: String) -> String {
        text.isEmpty ? "-" : String(text.map { $0.isNewline ? " " : $0 })
    }
}

extension String {
    fileprivate func trimmingEnd() -> String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
