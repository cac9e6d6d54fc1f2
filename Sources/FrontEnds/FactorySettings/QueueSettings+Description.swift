import BatchSystems
import VC3Model

/// What submit descriptions say about the factory that they come from.
public struct FactoryFacts: Sendable {
    public var id: String
    public var user: String
    public var admins: [String]
    /// Folder of the day's logs of the queue, without a slash at the end, and its address.
    public var logFolder: String
    public var logAddress: String

    public init(id: String, user: String, admins: [String], logFolder: String, logAddress: String) {
        self.id = id
        self.user = user
        self.admins = admins
        self.logFolder = logFolder
        self.logAddress = logAddress
    }
}

extension QueueSettings {
    /// What HTCondor is given for one pilot of the queue, as text.
    public func submitText(for facts: FactoryFacts) -> String {
        description(for: facts, keyFile: nil).description.text(count: 1)
    }

    /// What HTCondor is given for the queue's pilots: names and values of AutoPyFactory's submit plugins.
    ///
    /// - Parameter keyFile: The private key of the queue's profile, for queues that go over SSH.
    /// - Returns: The description, and what could not be put into it.
    func description(
        for facts: FactoryFacts, keyFile: String?
    ) -> (description: SubmitDescription, problems: [QueueProblem]) {
        var writer = Writer()
        if case .ec2(let place) = place {
            base(&writer, facts)
            ec2(&writer, place)
        } else {
            own(&writer, keyFile: keyFile)
            base(&writer, facts)
        }
        for attribute in attributes { writer.add(attribute.name, attribute.value) }
        return (writer.description, writer.problems)
    }

    /// The lines of the plugin.
    private func own(_ writer: inout Writer, keyFile: String?) {
        switch place {
        case .local(let proxy):
            writer.add("universe", "vanilla")
            writer.add("should_transfer_files", "IF_NEEDED")
            writer.add("+TransferOutput", "\"\"")
            if let proxy { writer.add("x509userproxy", proxy, of: plugin.prefix + "proxy") }
        case .ssh(let place):
            writer.add("universe", "grid")
            var resource = "batch \(place.batch.rawValue) \(place.user)@\(place.host)"
            let key = keyFile ?? "None"
            switch (place.method, place.isManaged) {
            case ("gsissh", _): resource += " --rgahp-port \(place.port) --rgahp-proxy \(key)"
            default: resource += " --rgahp-key \(key)"
            }
            if place.isManaged { resource += " --rgahp-glite ~/.condor/bosco/glite" }
            writer.add("grid_resource", resource)
            writer.add("+TransferOutput", "\"\"")
        case .computeElement(let host, let port, let proxy):
            writer.add("universe", "grid")
            writer.add("grid_resource", "condor \(host) \(host):\(port)", of: plugin.prefix + "gridresource")
            writer.add("+TransferOutput", "\"\"")
            writer.add("+Nonessential", "True")
            if let proxy { writer.add("x509userproxy", proxy, of: plugin.prefix + "proxy") }
        case .ec2, .batch, .incomplete: break
        }
    }

    /// The lines of every plugin.
    private func base(_ writer: inout Writer, _ facts: FactoryFacts) {
        let job = "$(Cluster).$(Process)"
        writer.add("Dir", facts.logFolder + "/")
        if !facts.admins.isEmpty { writer.add("notify_user", facts.admins.joined(separator: ",")) }
        writer.text("MATCH_APF_QUEUE", name)
        writer.text("FACTORY_JOBID", "$ENV(HOSTNAME)#\(job)")
        writer.text("APF_QUEUE", name)
        for (attribute, ending) in [("APF_LOGURL", "log"), ("APF_OUTURL", "out"), ("APF_ERRURL", "err")] {
            writer.text(attribute, "\(facts.logAddress)/\(job).\(ending)")
        }
        writer.environment(variables(facts), of: plugin.prefix + "environ")
        writer.add("executable", executable, of: "executable")
        if let arguments {
            let bad = writtenArguments.first { written in
                var alone = SubmitDescription()
                return alone.add("arguments", written.text) != nil
            }
            writer.add("arguments", arguments, of: bad?.key)
        }
        for (command, ending) in [("output", "out"), ("error", "err"), ("log", "log")] {
            writer.add(command, "$(Dir)/\(job).\(ending)")
        }
        writer.add("stream_output", "False")
        writer.add("stream_error", "False")
        writer.add("notification", "Error")
        writer.add("transfer_executable", "True")
    }

    /// What pilots find in their environment, in HTCondor's words.
    func variables(_ facts: FactoryFacts) -> [(name: String, value: String)] {
        let job = "$(Cluster).$(Process)"
        let own = [
            ("PANDA_JSID", facts.id), ("GTAG", "\(facts.logAddress)/\(job).out"), ("APFCID", job),
            ("APFFID", facts.id), ("FACTORY_JOBID", "$ENV(HOSTNAME)#\(job)"), ("FACTORYQUEUE", name),
            ("FACTORYUSER", facts.user),
        ]
        return own.map { (name: $0.0, value: $0.1) } + environment.map { ($0.name, $0.value) }
    }

    private func ec2(_ writer: inout Writer, _ place: QueuePlace.EC2) {
        func add(_ name: String, _ value: String?, of key: String) {
            if let value { writer.add(name, value, of: plugin.prefix + key) }
        }
        writer.add("universe", "grid")
        add("grid_resource", "ec2 \(place.service)", of: "gridresource")
        add("ec2_access_key_id", place.accessKeyFile, of: "access_key_id")
        add("ec2_secret_access_key", place.secretKeyFile, of: "secret_access_key")
        add("ec2_ami_id", place.image, of: "ami_id")
        // No file: what the machines are called.
        writer.add("executable", name)
        add("ec2_instance_type", place.instanceType, of: "instance_type")
        add("ec2_user_data", place.userData, of: "user_data")
        add("ec2_user_data_file", place.userDataFile, of: "user_data_file")
        add("ec2_spot_price", place.spotPrice, of: "spot_price")
        add("ec2_security_groups", place.securityGroups, of: "security_groups")
    }
}

/// Collects a description and what does not fit into it.
private struct Writer {
    var description = SubmitDescription()
    var problems: [QueueProblem] = []

    /// - Parameter key: Where the value is written; `nil`: nowhere by itself.
    mutating func add(_ name: String, _ value: String, of key: String? = nil) {
        note(description.add(name, value), key)
    }
    mutating func text(_ name: String, _ text: String) { note(description.add(attribute: name, text: text), nil) }
    mutating func environment(_ variables: [(name: String, value: String)], of key: String) {
        note(description.add(environment: variables), key)
    }
    private mutating func note(_ problem: String?, _ key: String?) {
        if let problem { problems.append(QueueProblem(key, "cannot be submitted: \(problem)")) }
    }
}
