import FactoryCredentials
import FactoryMonitors
import Foundation
import Testing
import VC3Configuration

@testable import FactorySettings

@Suite struct AuthDocumentTests {
    private static func load(_ text: String) throws -> (settings: AuthDocument, warnings: [ConfigurationDiagnostic]) {
        try AuthDocument.load(INIDocument(parsing: text, file: "auth.conf"), homeDirectory: "/home/f")
    }

    @Test func theOriginalsProfilesAreUnderstoodWithoutARemark() throws {
        let (auth, warnings) = try Self.load(
            """
            [DEFAULT]
            authbasedir = ~/etc/autopyfactory/auth
            ssh.type = rsa
            ssh.privatekey = None
            ssh.publickey = None
            ssh.privkeypass = None
            ssh.privatekeyfile = None
            ssh.publickeyfile = None
            ssh.privkeypassfile = None
            x509.flavor = voms
            x509.lifetime = 604800
            [ana.alpha]
            plugin = SSH
            ssh.privatekey = c2VjcmV0
            ssh.publickey = cHVibGlj
            [robot]
            plugin = SSH
            ssh.type = ed25519
            ssh.privatekeyfile = ~/.ssh/robot
            [ligo]
            plugin = GSISSH
            ssh.privatekey = c2VjcmV0
            [cms]
            plugin = X509
            x509.proxyfile = /tmp/cms.pem
            x509.vorole = cms:/cms/Role=pilot
            x509.usercert = ~/.globus/usercert.pem
            x509.userkey = ~/.globus/userkey.pem
            x509.minlife = 3d
            x509.renew = True
            x509.checktime = 3600
            x509.owner = None
            [scitoken]
            plugin = Token
            token.file = /run/token
            [here]
            plugin = Noop
            """)
        #expect(warnings == [])
        let proxy = ProxyProfile(
            file: "/tmp/cms.pem", role: "cms:/cms/Role=pilot", certificate: "/home/f/.globus/usercert.pem",
            key: "/home/f/.globus/userkey.pem")
        let secret = SecretSource.content(Array("secret".utf8))
        #expect(
            auth.profiles == [
                AuthProfile(
                    name: "ana.alpha",
                    credential: .ssh(
                        SSHKeyProfile(type: "rsa", privateKey: secret, publicKey: .content(Array("public".utf8))))),
                AuthProfile(
                    name: "robot",
                    credential: .ssh(SSHKeyProfile(type: "ed25519", privateKey: .file("/home/f/.ssh/robot")))),
                AuthProfile(name: "ligo", credential: .ssh(SSHKeyProfile(type: "rsa", privateKey: secret))),
                AuthProfile(name: "cms", credential: .proxy(proxy)),
                AuthProfile(name: "scitoken", credential: .token(TokenProfile(file: "/run/token"))),
                AuthProfile(name: "here", credential: .nothing),
            ])
    }

    /// Each names file, line, key and what is allowed; none repeats a secret.
    @Test(arguments: [
        ("plugin = Kerberos", "plugin = 'Kerberos' is not allowed; give one of SSH, X509, GSISSH, Token, Noop"),
        ("plugin = SSH", "has neither ssh.privatekey nor ssh.privatekeyfile"),
        ("ssh.privatekey = hunter2!", "the value of ssh.privatekey is not allowed; give base64"),
        ("ssh.type = ../rsa", "ssh.type = '../rsa' is not allowed"), ("x509.minlife = soon", "x509.minlife = 'soon'"),
        ("x509.flavor = kx509", "x509.flavor = 'kx509' is not allowed; give one of voms, myproxy"),
        ("plugin = X509", "key 'x509.proxyfile' is missing"), ("plugin = Token", "key 'token.file' is missing"),
        ("plugin = X509\nx509.proxyfile = /p\nx509.flavor = myproxy", "needs x509.myproxy_hostname"),
        ("plugin = X509\nx509.proxyfile = /p\nx509.baseproxy = /b", "x509.baseproxy needs x509.vorole"),
    ])
    func aBadLineIsNamed(line: String, words: String) throws {
        let text = "[p]\n" + (line.hasPrefix("plugin") ? "" : "plugin = Noop\n") + line + "\n"
        let error = try #require(throws: ConfigurationError.self) { try Self.load(text) }
        #expect(error.description.contains("auth.conf:"))
        #expect(error.description.contains(words), "\(error.description)")
        #expect(!error.description.contains("hunter2"))
    }

    @Test(arguments: [
        ("", 25_880), ("http://host:25880", 25_880), ("https://host:8443/logs", 8443), ("http://host", 80),
        ("https://host/a:1", 443), ("https://[2001:db8::7]", 443), ("https://[2001:db8::7]:99", 99),
    ])
    func theLogServersPortIsThatOfItsAddress(address: String, port: Int) throws {
        let text = "[Factory]\nbaseLogDirUrl = \(address)\n"
        let keys = try FactoryKeys.load(INIDocument(parsing: text, file: "f.conf"), homeDirectory: "/home/f").settings
        #expect(keys.logs.port == port)
    }

    @Test func monitorsAreSections() throws {
        let text =
            "[dummy-monitor]\nmonitorplugin = Dummy\n[apf]\nmonitorplugin = APF\nmonitorURL = http://apfmon/api\n"
        let (document, warnings) = try MonitorDocument.load(
            INIDocument(parsing: text, file: "monitor.conf"), homeDirectory: "/")
        #expect(warnings == [])
        #expect(
            document.monitors == [
                QueueMonitor(name: "dummy-monitor", plugin: .dummy),
                QueueMonitor(name: "apf", plugin: .apf(address: "http://apfmon/api")),
            ])
        #expect(throws: ConfigurationError.self) {
            try MonitorDocument.load(
                INIDocument(parsing: "[m]\nmonitorplugin = APF\n", file: "m"), homeDirectory: "/")
        }
    }
}
