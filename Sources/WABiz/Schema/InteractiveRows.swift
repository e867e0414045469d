// The rows of the interactive subtypes: what each is, and its short forms.

extension TableRow {
    static let buttonMessage = TableRow(
        "up to three reply buttons.",
        .form([
            #"{"to":"+15550001234","body":"Ready?","buttons":[{"id":"yes","title":"Yes"},{"id":"no","title":"No"}],"footer":"Shop"}"#,
            #"{"to":"+15550001234","header":{"image":"https://example.com/a.jpg"},"body":"Ready?","buttons":[{"id":"yes","title":"Yes"}]}"#,
        ]))
    static let listMessage = TableRow(
        "a button that opens a list of rows.",
        .form([
            #"{"to":"+15550001234","body":"Pick one","button":"Menu","rows":[{"id":"1","title":"One"}]}"#,
            #"{"to":"+15550001234","body":"Pick one","button":"Menu","sections":[{"title":"A","rows":[{"id":"1","title":"One"}]}]}"#,
        ]))
    static let productMessage = TableRow(
        "one product of a catalog.",
        .form([
            #"{"to":"+15550001234","body":"This one?","catalog_id":"1112","product":"pot-12"}"#,
        ]))
    static let productListMessage = TableRow(
        "several products of a catalog, in sections.",
        .form([
            #"{"to":"+15550001234","header":"Pots","body":"Ours","catalog_id":"1112","sections":[{"title":"Small","product_items":[{"product_retailer_id":"pot-12"}]}]}"#,
        ]))
    static let catalogMessage = TableRow(
        "the whole catalog, with one product's picture.",
        .form([
            #"{"to":"+15550001234","body":"All we sell","catalog":"pot-12"}"#,
        ]))
    static let flowMessage = TableRow(
        "a button that opens a flow: a form of several screens.",
        .form([
            #"{"to":"+15550001234","body":"Book a table","flow":"987654","button":"Book","token":"tok-42","screen":"WELCOME","data":{"guests":2}}"#,
        ]))
    static let locationRequestMessage = TableRow(
        "asks where the person is.",
        .form([
            #"{"to":"+15550001234","body":"Where are you?","request":"location"}"#,
        ]))
    static let addressMessage = TableRow(
        "a form for an address (India).",
        .form([
            #"{"to":"+919000000000","body":"Where shall we deliver?","address":"IN","values":{"city":"Pune"}}"#,
        ]))
    static let orderDetailsMessage = TableRow(
        "an order to be paid (Brazil, India).",
        .form([
            #"{"to":"+5511900000000","body":"Your order","order_details":{"reference_id":"order-42","type":"digital-goods","payment_type":"br","payment_settings":[{"type":"payment_link","payment_link":{"uri":"https://example.com/pay/42"}}],"currency":"BRL","total_amount":{"value":5000,"offset":100},"order":{"status":"pending","items":[{"retailer_id":"cake","name":"Cake","amount":{"value":2500,"offset":100},"quantity":2}],"subtotal":{"value":5000,"offset":100},"tax":{"value":0,"offset":100}}}}"#,
        ]))
    static let orderStatusMessage = TableRow(
        "what became of an order.",
        .form([
            #"{"to":"+5511900000000","body":"On its way","order_status":{"reference_id":"order-42","order":{"status":"shipped"}}}"#,
        ]))
    static let ctaUrlMessage = TableRow(
        "a button that opens a web page.",
        .form([
            #"{"to":"+15550001234","body":"Our hours","link":"https://example.com/hours","button":"Open"}"#,
        ]))
    static let voiceCallMessage = TableRow(
        "a button that calls the business.",
        .form([
            #"{"to":"+15550001234","body":"Talk to us","call":"Call now","ttl_minutes":60}"#,
        ]))
    static let callPermissionRequestMessage = TableRow(
        "asks whether the business may call.",
        .form([
            #"{"to":"+15550001234","body":"May we call you about order 42?","request":"call"}"#,
        ]))
    static let carouselMessage = TableRow(
        "two to ten cards side by side, with links, replies or products.",
        .form([
            #"{"to":"+15550001234","body":"New pots","cards":[{"header":{"image":"https://example.com/a.jpg"},"body":"Blue","button":"Buy","link":"https://example.com/a"},{"header":{"image":"https://example.com/b.jpg"},"button":"Buy","link":"https://example.com/b"}]}"#,
            #"{"to":"+15550001234","body":"New pots","cards":[{"header":{"image":"https://example.com/a.jpg"},"buttons":[{"id":"a","title":"This one"}]},{"header":{"image":"https://example.com/b.jpg"},"buttons":[{"id":"b","title":"That one"}]}]}"#,
            #"{"to":"+15550001234","body":"New pots","catalog_id":"1112","cards":[{"product":"pot-12"},{"product":"pot-14"}]}"#,
        ]))
    static let requestContactInfoMessage = TableRow(
        "asks for the person's phone number.",
        .form([
            #"{"to":"+15550001234","body":"Which number may we call?","request":"contact"}"#,
        ]))
}
