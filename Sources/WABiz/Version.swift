// The version of the library, for Swift and for the User-Agent. wabiz.h says it first; a test compares the two.

/// The library as a whole.
public enum WABizLibrary {
    /// The same text as `WABIZ_VERSION` in wabiz.h.
    public static let version = "\(versionText)"
    /// The same, ending in a NUL and never freed, for C.
    public static let versionText: StaticString = "0.1.0"
}
