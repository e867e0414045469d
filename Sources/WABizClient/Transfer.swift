// What libcurl knows of a transfer that has ended, and what its loss means when nothing of it left.
import CCurl
import WABiz

extension Easy {
    /// The HTTP status of the last answer; 0 when there was none.
    var status: Int { count(CURLINFO_RESPONSE_CODE) }

    /// True when the last answer came by HTTP/1; false also when there was none.
    var speaksHTTP1: Bool { 1...Int(CURL_HTTP_VERSION_1_1) ~= count(CURLINFO_HTTP_VERSION) }

    /// A count that libcurl keeps of the last transfer.
    func count(_ info: CURLINFO) -> Int {
        var count = 0
        _ = unsafe wabiz_curl_get_long(handle, info, &count)
        return count
    }

    /// From the start of the last transfer to its end.
    var microseconds: Int64 {
        var time: curl_off_t = 0
        _ = unsafe wabiz_curl_get_size(handle, CURLINFO_TOTAL_TIME_T, &time)
        return Int64(time)
    }

    var contentType: String? { text(CURLINFO_CONTENT_TYPE) }

    /// What libcurl knows of the last transfer.
    func text(_ info: CURLINFO) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe wabiz_curl_get_text(handle, info, &text) == CURLE_OK, let text = unsafe text else { return nil }
        return unsafe String(cString: text)
    }

    func unreachable(_ code: CURLcode, _ reason: String) -> Failure {
        // What a proxy says for now: 408, 429, and every 5xx.
        let answer = count(CURLINFO_HTTP_CONNECTCODE)
        if 400..<500 ~= answer, answer != 408, answer != 429 {
            return Failure(.unreachable, "The request did not leave: the proxy refused to carry it, with HTTP \(answer). Check \"proxy\" and what it allows.")
        }
        return switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            Failure(
                .unreachable,
                "The request did not leave, because the server's certificate was not accepted: \(reason). Check \"base_url\", or name the server's authority in \"ca_file\".")
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_NOT_BUILT_IN, CURLE_COULDNT_RESOLVE_PROXY:
            Failure(.unreachable, "The request did not leave: \(reason). Check \"base_url\" and \"proxy\".")
        default:
            Failure(.unreachable, "The request did not leave: \(reason). It is safe to send it again.", retry: .backoff)
        }
    }
}
