import Testing

@testable import FactoryLogs

@Suite struct LogPlaceTests {
    private static let folder = LogFolderName(day: "2026-11-27", folder: "run.workers.ana")

    @Test(arguments: [
        ("/", LogPlace.top), ("/robots.txt", .robots), ("/2026-11-27", .day("2026-11-27")),
        ("/2026-11-27/", .day("2026-11-27")), ("/2026-11-27/run.workers.ana", .queue(folder)),
        ("/2026-11-27/run.workers.ana/", .queue(folder)),
        ("/2026-11-27/run.workers.ana/1.0.out", .file(folder, "1.0.out")),
        ("/2026-11-27/run.workers.ana/a%20b.out", .file(folder, "a b.out")),
        // Decoded once: a name with a percent sign in it.
        ("/2026-11-27/run.workers.ana/%252e%252e", .file(folder, "%2e%2e")),
    ])
    func aSoundPathNamesAPlace(path: String, place: LogPlace) { #expect(LogPlace(path: path) == place) }

    @Test(arguments: [
        "", "x", "///", "/..", "/../etc/passwd", "/2026-11-27/..", "/2026-11-27/../2026-11-26", "/2026-11-27/%2e%2e/x",
        "/2026-11-27/.%2E/x", "/2026-11-27/run/..%2f..%2fetc%2fpasswd", "/2026-11-27/run%2f1.out",
        "/2026-11-27/run/%2fetc%2fpasswd", "/2026-11-27/run/..%5c..%5cx", "/2026-11-27/run/a%00.out",
        "/2026-11-27/run/.owner", "/2026-11-27/run/%2eowner", "/2026-11-27//1.out", "/2026-11-27/run/1.out/",
        "/2026-11-27/run/sub/1.out", "/2026-11-27/run/%zz", "/2026-11-27/run/%2", "/2026-11-27/run/%c0%ae%c0%ae",
        "/2026-11-27/run/%0d%0aX", "/queues.conf", "/2026-1-1", "/2026-11-27x", "/٢٠٢٦-11-27", "/etc",
        "/2026-11-27/run/" + String(repeating: "a", count: 256),
    ])
    func anyOtherNamesNone(path: String) { #expect(LogPlace(path: path) == nil) }

    @Test(arguments: [
        ("run.workers.ana", "run.workers.ana"), ("a/b:c", "a_b_c"), ("..", "_.."), (".owner", "_.owner"), ("", "_"),
        ("../../etc", "_.._.._etc"), ("a\\b\u{0}", "a_b_"),
    ])
    func aQueuesFolderStaysBelowTheDay(queue: String, name: String) {
        #expect(LogLayout.name(of: queue) == name)
        #expect(LogPlace.isName(name))
    }
}
