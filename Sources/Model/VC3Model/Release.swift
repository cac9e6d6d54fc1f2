/// The release of all programs of the project, which are released together.
public enum Release {
    public static let version = "0.1.0"
}
