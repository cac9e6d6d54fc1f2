import VC3Model

/// Days of the calendar as numbers.
enum LogDay {
    /// Days since 1970-01-01; `nil` for what is no day, such as a 30 February.
    static func number(of day: String) -> Int? {
        guard LogFolderName.isDay(day), let moment = Timestamp(day + "T00:00:00.000Z") else { return nil }
        return Int(moment.milliseconds / 86_400_000)
    }
}
