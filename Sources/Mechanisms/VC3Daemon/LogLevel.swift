/// What is logged, as configuration files say it.
public enum LogLevel: String, CaseIterable, Sendable {
    case debug, info, warning, warn, error, critical
}
