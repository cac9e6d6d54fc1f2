import HTCondorPool
import Testing

@Suite struct TrustDomainTests {
    @Test(arguments: ["a", "alpha.vc3", "A-1_b.example.org", String(repeating: "x", count: 200)])
    func plainNamesAreTaken(name: String) {
        #expect(TrustDomain(name)?.name == name)
    }

    @Test(arguments: ["", ".vc3", "-a", "a b", "a,b", "a\nb", "a@b", "a$(X)", "é", String(repeating: "x", count: 201)])
    func namesThatCouldMeanSomethingElseAreRefused(name: String) {
        #expect(TrustDomain(name) == nil)
    }

    @Test(arguments: [
        ("ana-test", "ana-test.vc3"), ("ana test", "ana-test.vc3"), ("_x", "c_x.vc3"), ("", "c.vc3"),
        ("a\nALLOW_WRITE=*", "a-ALLOW_WRITE--.vc3"),
    ])
    func everyClusterHasOne(cluster: String, domain: String) {
        #expect(TrustDomain(cluster: cluster).name == domain)
        #expect(TrustDomain(domain) != nil)
    }
}
