import VC3Certificates
import VC3Model

extension RequestReconciler {
    /// Phase `new`: finds all that keeps the request from starting. It is looked at again whenever something that it
    /// refers to changes, so a mended request goes on by itself.
    func validate(_ request: inout Entity<Request>, _ references: RequestReferences) {
        let problems = RequestValidation.problems(
            of: request, in: references, headNodeProblem: headNodeProblem,
            isPublicKey: { (try? SSHPublicKey(parsing: $0)) != nil })
        let type = RequestLifeCycle.valid
        if problems.isEmpty {
            request.status.conditions.set(condition(type, .yes, "Valid", "everything that it needs is there"))
        } else {
            request.status.conditions.set(
                condition(type, .no, "Invalid", problems.joined(separator: "; "), mender: .user))
        }
    }
}
