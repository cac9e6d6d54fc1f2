#if canImport(Glibc)
    import Glibc
#endif

/// What a new administrator needs to read once the services run.
struct Welcome {
    let state: StateFolder
    let port: Int

    func show() {
        print(
            """
            vc3: the Infoservice listens on port \(port); everything is kept in \(state.path)

            In another shell, as the administrator:

                export VC3_CLIENT_CONF=\(state.clientConfiguration)
                vc3-client user-create ana --firstname Ana --lastname Arias --email ana@example.org --institution "Example University"
                vc3-client --help
            """)
        // A redirected stdout is buffered by blocks; whoever waits for this text must see it.
        fflush(nil)
    }
}
