// Media files over a client: look up, download, upload, delete. Each waits until it is done.
public import WABiz

extension Client {
    /// What Meta knows of a file: its URL for five minutes, type, size and hash. Cloud API.
    /// - Throws: `.refused`, `.unreachable`, `.badArgument` On-Premises, `.forked`.
    public func mediaInfo(_ media: MediaReference) throws(Failure) -> MediaInfo {
        try whenReady { (account, line) throws(Failure) in
            let call = try Call(lookUp: media.requiredID(), for: account)
            return try line.ask(call).mediaInfo(for: call)
        }
    }

    /// Downloads a file to a path, which it takes only when it is whole and checked. A download that broke off goes on where
    /// it stopped when it is called again with the same path.
    /// - Throws: `.refused`, `.unreachable` (nothing is lost: call again), `.unauthentic` (size or hash are wrong),
    ///   `.full` (larger than allowed), `.storage`, `.badArgument`, `.forked`. Never `.uncertain`.
    public func download(_ media: MediaReference, to path: String, options: DownloadOptions = DownloadOptions()) throws(Failure) -> MediaFile {
        var options = options
        options.path = path
        return try download(media, options: options).file
    }

    /// Downloads a file to the path in the options, or into memory when there is none.
    public func download(
        _ media: MediaReference, options: DownloadOptions = DownloadOptions()
    ) throws(Failure) -> (file: MediaFile, bytes: [UInt8]) {
        try whenReady { (account, line) throws(Failure) in
            var download = try MediaDownload(media, options, account, line)
            return (try download.run(), download.target.bytes)
        }
    }

    /// The same with the bytes in memory that C can take over.
    package func download(_ media: MediaReference, options: DownloadOptions, into memory: inout TextMemory) throws(Failure) -> MediaFile {
        try whenReady { (account, line) throws(Failure) in
            var download = try MediaDownload(media, options, account, line, isHandedOver: true)
            let file = try download.run()
            memory = try download.target.takeMemory()
            return file
        }
    }

    /// Uploads the file that the options name.
    /// - Throws: `.invalid` with every issue, and nothing was sent; `.refused`, `.unreachable`, `.uncertain` (a repeat does no
    ///   harm but makes a second copy), `.storage`, `.badArgument`, `.forked`.
    public func upload(_ options: UploadOptions) throws(Failure) -> UploadedMedia {
        try options.check()
        guard let path = options.path else { throw .badArgument("There is nothing to upload; write \"path\" or hand bytes over.") }
        return try whenReady { (account, line) throws(Failure) in try upload(UploadSource(path: path), options, account, line) }
    }

    /// Uploads bytes.
    public func upload(_ bytes: [UInt8], options: UploadOptions = UploadOptions()) throws(Failure) -> UploadedMedia {
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in
            unsafe try upload(memory: UnsafeRawBufferPointer(buffer), options: options)
        }
    }

    /// Uploads bytes that the caller keeps until this returns.
    @unsafe public func upload(memory: UnsafeRawBufferPointer, options: UploadOptions = UploadOptions()) throws(Failure) -> UploadedMedia {
        try options.check()
        guard options.path == nil else { throw .badArgument("Either bytes or \"path\" are uploaded, not both.") }
        return try whenReady { (account, line) throws(Failure) in try upload(unsafe UploadSource(memory: memory), options, account, line) }
    }

    private func upload(
        _ source: UploadSource, _ options: UploadOptions, _ account: Account, _ line: MediaLine
    ) throws(Failure) -> UploadedMedia {
        let upload = try MediaUpload(MediaUpload.Facts(size: source.size, head: source.head()), options: options, api: account.api)
        let call = Call(upload, for: account)
        let exchange = MediaExchange(call, source: source, progress: Progress(options.progressDescriptor))
        try line.perform(exchange, timeout: options.timeout, upload)
        let answer = line.answer(exchange)
        return UploadedMedia(
            id: try answer.mediaID(for: call), type: upload.type, kind: upload.kind, filename: upload.filename, size: source.size,
            sha256: source.sha256, warnings: upload.warnings, httpStatus: answer.status)
    }

    /// Deletes a file of Meta's servers.
    /// - Throws: `.refused`, `.unreachable`, `.uncertain` (deleting again does no harm), `.forked`.
    public func delete(_ media: MediaReference) throws(Failure) {
        try whenReady { (account, line) throws(Failure) in
            let call = Call(delete: try media.requiredID(), for: account)
            try line.ask(call).checkDeleted(for: call)
        }
    }
}
