/// Prometheus' text exposition format, version 0.0.4
/// (prometheus.io/docs/instrumenting/exposition_formats).
public struct MetricsText: Sendable {
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    public enum MetricType: String {
        case counter, gauge, histogram
    }

    public private(set) var text = ""

    public init() {}

    /// Begins a metric. All of its samples follow before the next one begins.
    public mutating func begin(_ name: String, _ type: MetricType, _ help: String) {
        text += "# HELP \(name) \(help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n"))\n"
        text += "# TYPE \(name) \(type.rawValue)\n"
    }

    public mutating func sample(_ name: String, _ labels: KeyValuePairs<String, String> = [:], _ value: Double) {
        text += "\(name)\(Self.labels(labels.map { ($0.key, $0.value) })) \(Self.number(value))\n"
    }

    /// A metric with one sample.
    public mutating func single(_ name: String, _ type: MetricType, _ help: String, _ value: Double) {
        begin(name, type, help)
        sample(name, [:], value)
    }

    public mutating func histogram(
        _ name: String, _ labels: KeyValuePairs<String, String> = [:], bounds: [Double],
        _ snapshot: (cumulative: [Int], count: Int, sum: Double)
    ) {
        let pairs = labels.map { ($0.key, $0.value) }
        for (bound, count) in zip(bounds, snapshot.cumulative) {
            text += "\(name)_bucket\(Self.labels(pairs + [("le", Self.number(bound))])) \(count)\n"
        }
        text += "\(name)_bucket\(Self.labels(pairs + [("le", "+Inf")])) \(snapshot.count)\n"
        text += "\(name)_sum\(Self.labels(pairs)) \(Self.number(snapshot.sum))\n"
        text += "\(name)_count\(Self.labels(pairs)) \(snapshot.count)\n"
    }

    private static func labels(_ pairs: [(String, String)]) -> String {
        if pairs.isEmpty { return "" }
        let words = pairs.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(escaped)\""
        }
        return "{" + words.joined(separator: ",") + "}"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
