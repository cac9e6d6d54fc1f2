import Logging

#if canImport(Glibc)
    import Glibc
#endif

/// How many files and connections this process may have open.
enum OpenFiles {
    /// For the store, the log and the like.
    private static let others = 256

    /// Raises the soft limit as far as the hard one lets it, and says so when that is too little.
    static func raiseLimit(for connections: Int, _ logger: Logger) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let wanted = rlim_t(connections + others)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = min(wanted, limit.rlim_max)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        if limit.rlim_cur < wanted {
            logger.warning(
                "fewer files may be open than connections are allowed; raise the limit (ulimit -n)",
                metadata: ["files": "\(limit.rlim_cur)", "connections": "\(connections)"])
        }
    }
}
