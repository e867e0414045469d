// The chapter "media" of wabiz.h.
public import CWABiz
import WABiz
import WABizClient

@_cdecl("wabiz_media_info") @implementation
public func wabiz_media_info(_ client: OpaquePointer!, _ media: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        Answer(try unsafe Client.behind(client).mediaInfo(MediaReference(text: required(media, "media"))).document)
    }
}

@_cdecl("wabiz_media_download") @implementation
public func wabiz_media_download(
    _ client: OpaquePointer!, _ media: UnsafePointer<CChar>!, _ options: UnsafePointer<CChar>!,
    _ data: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>!, _ length: UnsafeMutablePointer<Int>!, _ out: Out!
) -> wabiz_status {
    unsafe data?.pointee = nil
    unsafe length?.pointee = 0
    return unsafe respond(out) { () throws(Failure) in
        let client = unsafe try Client.behind(client)
        let options = try DownloadOptions(json: unsafe optional(options))
        let isHandedOver = unsafe data != nil && length != nil
        guard options.path != nil || isHandedOver else {
            throw .badArgument("Write \"path\" into the options, or pass \"data\" and \"length\" for the bytes.")
        }
        var bytes = TextMemory()
        let file = try client.download(MediaReference(text: unsafe required(media, "media")), options: options, into: &bytes)
        if options.path == nil { unsafe try handOver(bytes, data, length) }
        return Answer(file.document)
    }
}

@_cdecl("wabiz_media_upload") @implementation
public func wabiz_media_upload(
    _ client: OpaquePointer!, _ data: UnsafeRawPointer!, _ length: Int, _ options: UnsafePointer<CChar>!, _ out: Out!
) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let client = unsafe try Client.behind(client)
        let options = try UploadOptions(json: unsafe optional(options))
        if unsafe data == nil, options.path != nil { return Answer(try client.upload(options).document) }
        return Answer(try unsafe client.upload(memory: required(data, length, "data"), options: options).document)
    }
}

@_cdecl("wabiz_media_delete") @implementation
public func wabiz_media_delete(_ client: OpaquePointer!, _ media: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let media = try MediaReference(text: unsafe required(media, "media"))
        try unsafe Client.behind(client).delete(media)
        return Answer(["deleted": true, "id": media.id.map(Tree.string) ?? .null])
    }
}

/// Hands out a file's bytes, which `wabiz_free` takes back.
private func handOver(
    _ bytes: consuming TextMemory, _ data: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ length: UnsafeMutablePointer<Int>?
) throws(Failure) {
    let count = bytes.count
    guard let memory = unsafe bytes.take() else {
        throw Failure(.noMemory, "There is no memory for the file; download it to a path.", retry: .backoff)
    }
    unsafe data?.pointee = memory
    unsafe length?.pointee = count
}
