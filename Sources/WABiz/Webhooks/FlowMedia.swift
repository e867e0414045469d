// A file that a person uploaded inside a flow: checks what was downloaded, decrypts it and checks it again.

extension FlowEndpoint {
    /// Bytes of the code at the end of the file.
    private static let codeLength = 10

    /// Decrypts a file into memory that has room for its length.
    /// - Parameters:
    ///   - media: the file's object in the flow's `data`, or its `encryption_metadata`.
    ///   - file: what was downloaded from its `cdn_url`.
    /// - Returns: `{"size":…}`, with `file_name` and `media_id` where the object has them. On failure `plain` is zeros.
    /// - Throws: `.badArgument` when `media` is no such object, `.unauthentic` when the file is not the one that it describes.
    public static func decryptMedia(_ media: [UInt8], file: UnsafeRawBufferPointer, into plain: UnsafeMutableRawBufferPointer) throws(Failure) -> [UInt8] {
        do {
            return try Tape.read(media, .tolerant) { (root) throws(Failure) in
                let keys = try FlowMediaKeys(root["encryption_metadata"] ?? root)
                let size = unsafe try decrypt(file, keys, into: plain)
                return document(size, root)
            }
        } catch {
            unsafe plain.initializeMemory(as: UInt8.self, repeating: 0)
            throw error
        }
    }

    private static func decrypt(
        _ file: UnsafeRawBufferPointer, _ keys: FlowMediaKeys, into plain: UnsafeMutableRawBufferPointer
    ) throws(Failure) -> Int {
        guard unsafe Digest.sha256(file)?.matches(keys.encryptedHash) == true else {
            throw damaged("The file is not the one that \"encrypted_hash\" names; download it again, whole.")
        }
        guard file.count > codeLength else { throw damaged("The file is too short.") }
        let sealed = unsafe UnsafeRawBufferPointer(rebasing: file[..<(file.count - codeLength)])
        let code = unsafe [UInt8](file[(file.count - codeLength)...])
        guard let full = unsafe Digest.hmacSHA256(key: keys.authentication, parts: keys.iv, sealed),
            Digest.isEqual(Array(full.bytes.prefix(codeLength)), code)
        else { throw damaged("The file's code does not match \"hmac_key\".") }
        guard let size = unsafe Cipher.openCBC(sealed, key: keys.encryption, iv: keys.iv, into: plain),
            unsafe Digest.sha256(UnsafeRawBufferPointer(rebasing: plain[..<size]))?.matches(keys.plainHash) == true
        else { throw damaged("The file does not become the one that \"plaintext_hash\" names; its keys belong to another file.") }
        return size
    }

    private static func document(_ size: Int, _ media: JSONView) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("size")
        writer.integer(size)
        if let name = media["file_name"], name.isString {
            writer.name("file_name")
            writer.raw(name)
        }
        if let id = media["media_id"], id.isString {
            writer.name("media_id")
            writer.raw(id)
        }
        writer.endObject()
        return writer.bytes
    }

    private static func damaged(_ message: String) -> Failure { Failure(.unauthentic, message, retry: .never) }
}

extension FlowEndpoint {
    /// The same for a file that is held in an array.
    public static func decryptMedia(_ media: [UInt8], file: [UInt8]) throws(Failure) -> [UInt8] {
        var size = 0
        var plain = [UInt8](repeating: 0, count: file.count)
        try unsafe plain.withUnsafeMutableBufferPointer { (plain) throws(Failure) in
            try unsafe file.withUnsafeBufferPointer { (file) throws(Failure) in
                let document = unsafe try decryptMedia(media, file: UnsafeRawBufferPointer(file), into: UnsafeMutableRawBufferPointer(plain))
                size = try Tape.read(document) { $0["size"]?.integer ?? 0 }
            }
        }
        return Array(plain.prefix(size))
    }
}

private struct FlowMediaKeys {
    let encryption: WipedBytes
    let authentication: WipedBytes
    let iv: WipedBytes
    let plainHash: Digest
    let encryptedHash: Digest

    init(_ metadata: JSONView) throws(Failure) {
        encryption = try FlowMediaKeys.bytes("encryption_key", 32, metadata)
        authentication = try FlowMediaKeys.bytes("hmac_key", 32, metadata)
        iv = try FlowMediaKeys.bytes("iv", 16, metadata)
        plainHash = try FlowMediaKeys.hash("plaintext_hash", metadata)
        encryptedHash = try FlowMediaKeys.hash("encrypted_hash", metadata)
    }

    private static func bytes(_ name: StaticString, _ length: Int, _ metadata: JSONView) throws(Failure) -> WipedBytes {
        guard let text = metadata[name]?.utf8, let bytes = Base64.decode(text), bytes.count == length else {
            throw .badArgument("\"\(name)\" is missing or not \(length) bytes in base64; pass the file's object as it stood in the flow's data.")
        }
        return bytes
    }

    private static func hash(_ name: StaticString, _ metadata: JSONView) throws(Failure) -> Digest {
        let bytes = try bytes(name, Digest.length, metadata)
        guard let digest = unsafe bytes.withBytes({ unsafe Digest(raw: [UInt8]($0)) }) else { throw .badArgument("\"\(name)\" is no SHA-256.") }
        return digest
    }
}
