/// The policy `static-balanced`: equal shares, fixed once, whatever the sites make of them.
public enum StaticBalanced {
    /// How many of a nodeset's `nodes` each of `allocations` gets, in the request's order.
    ///
    /// All get the same number; the last one gets the remainder too. Shares are of one nodeset: a request with several
    /// nodesets has each of them spread by itself.
    public static func shares(of nodes: Int, among allocations: Int) -> [Int] {
        guard allocations > 0 else { return [] }
        let nodes = max(nodes, 0)
        let base = nodes / allocations
        var shares = Array(repeating: base, count: allocations)
        shares[allocations - 1] = nodes - base * (allocations - 1)
        return shares
    }
}
