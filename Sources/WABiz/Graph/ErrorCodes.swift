// Meta's error codes as data, one row each: the only place where a code, its name and its verdict are written down.
// ErrorTable.swift reads it. Columns are parted by one tab; `-` means that no source gives an HTTP status, `400|429`
// that sources differ, and category `onprem` marks the On-Premises client's own number space.

enum ErrorCodes {
    // Text and not Swift literals: 257 initialisers take the compiler longer than the library takes to read this.
    static let table: StaticString = #"""
code	http_status	category	name	where	retry	meaning	source
0	401	auth	AuthException	sync	after_fix	App user could not be authenticated: token expired, revoked or access blocked; get a new token	M:errors
1	400	graph	API Unknown	both	uncertain	Malformed request or server fault; check status page, then request shape; a send may have gone out	M:errors; M:graph
2	503	graph	API Service	both	backoff	Temporary outage or overload (OAS shows 500)	M:errors; OAS
3	500	auth	API Method	sync	after_fix	App lacks capability or permission for this call	M:errors
4	400|429	throttle	API Too Many Calls	sync	backoff	App call-rate limit reached; subcodes 2446079, 2446080, 2018001, 2390008 seen	M:errors (400); OAS (429)
10	403	auth	Permission Denied	sync	after_fix	Permission missing or removed; also number not allowed to set Flow public key, or endpoint not enabled for you	M:errors
17	429	throttle	API User Too Many Calls	sync	backoff	Per-user Graph call limit	M:graph; OAS
33	400	param	Parameter value is not valid	sync	after_fix	Business phone number was deleted or id is wrong	M:errors
100	400	param	Invalid parameter	both	after_fix	Unsupported, misspelled or badly sized parameter; many titles; see details (also bad RSA key, SDP error, non-template on marketing API, duplicate Flow name)	M:errors; M:call-err; M:flow-err
102	-	auth	API Session	sync	after_fix	Session or token expired/invalid	M:graph
104	401	auth	Missing app secret proof / signature	sync	after_fix	Request not signed as the app requires, or no usable token	OAS
190	401	auth	Access token expired	sync	after_fix	Token invalid or expired; subcodes 460, 463, 467 tell why	M:errors; OAS
192	400	param	Invalid phone number	sync	after_fix	Phone number string not accepted (seen in old lists)	third-party list
200	403	auth	API Permission / no access token	sync	after_fix	No token or permission missing; sub 1349174-1349176 seen	M:errors (Sep 2026); OAS
200-299	403	auth	API Permission	sync	after_fix	Permission not granted or removed; value depends on permission	M:errors
341	-	throttle	Application limit reached	sync	backoff	Temporary application limit	M:graph
368	403	integrity	Temporarily blocked for policies violations	both	wait_window	WABA restricted or disabled after policy violation	M:errors
506	-	graph	Duplicate post	sync	never	Same content posted twice in a row	M:graph
613	429	throttle	Calls within one second exceeded	sync	backoff	Call-permission look-up limit (5 requests per second) or custom rate limit (OAS shows 422)	M:call-err; OAS
803	404	param	Object not found	sync	after_fix	Id or alias does not exist	OAS
80007	400|429	throttle	Rate limit issues	sync	backoff	WABA request limit reached (200 or 5000 per hour); sub 2446079	M:errors (400); OAS (429)
80008	-	throttle	Too many calls to this WABA	sync	backoff	Business-use-case limit for WhatsApp business management calls	third-party list
200002	-	template	Template creation failed	sync	after_fix	Old business-management error on creating a template	third-party list
200005	-	template	Template insights unavailable	sync	wait_window	Insights not yet available for this WABA	M:errors
200006	-	template	Cannot disable template insights	sync	never	Insights cannot be switched off once on	M:errors
200007	-	template	Template insights not enabled	sync	after_fix	Enable insights first	M:errors
1609005	-	graph	Error posting link	sync	after_fix	Link could not be scraped	M:graph
1752041	400	marketing	Duplicate Request	sync	never	Customer was already invited to onboard to marketing messages; nothing to do	M:errors
130403	-	integrity	Business blocked the user	both	after_fix	You blocked this user; unblock before sending; do not retry	M:errors (Sep 2026)
130429	400|429	throttle	Rate limit hit	both	backoff	Message throughput of the number exceeded (80/s default); also block-list calls too frequent	M:errors; BSP (429)
130472	400	delivery	User in experiment	webhook	never	Marketing template not sent because the user is in a control group	M:errors
130497	403	integrity	Restricted country	both	never	WABA may not message users in this country (business category policy)	M:errors
131000	500	server	Something went wrong	both	uncertain	Unknown failure; may also concern Flow key signing; a send may have gone out, so a blind repeat can duplicate	M:errors
131001	-	param	Message too long	sync	after_fix	Text exceeds limit (legacy list)	third-party list
131002	-	param	Recipient type invalid	sync	after_fix	recipient_type not supported (legacy list)	third-party list
131005	403	auth	Access denied	both	after_fix	Permission missing or removed	M:errors
131006	-	param	Resource not found	both	after_fix	Referenced object missing (legacy list)	third-party list
131008	400	param	Required parameter is missing	sync	after_fix	A mandatory field is absent	M:errors
131009	400	param	Parameter value is not valid	sync	after_fix	Value not allowed; on the marketing API maybe ads sync pending (wait 10 min); calling: unsupported country/interactive type	M:errors; M:call-err
131016	500	server	Service unavailable	both	backoff	A service is temporarily down	M:errors
131020	400	group	Invalid group	both	after_fix	Group has only one member	M:grp-err
131021	400	param	Recipient cannot be sender	both	never	From and to are the same number	M:errors
131026	400	delivery	Message undeliverable	webhook	never	Recipient not on WhatsApp, terms not accepted, or client too old (min Android/SMBA 2.21.15.15, iOS/SMBI 2.21.170.4, KaiOS 2.2130.10, Web 2.2132.6); reason hidden	M:errors
131030	400	param	Recipient not in allowed list	sync	after_fix	Test number: add the recipient to its allow list	M:call-err; PW
131031	403	integrity	Account locked	both	after_fix	WABA restricted/disabled, or submitted data (e.g. PIN) does not match	M:errors
131037	400	account	Display name approval needed	both	after_fix	555 number without approved display name	M:errors
131041	400	group	Unknown group	both	after_fix	Group missing or you are not a member	M:grp-err
131042	400	payment	Business eligibility payment issue	both	after_fix	Billing not set up, over credit line, WABA deleted/suspended, currency or timezone missing, OBO request pending	M:errors
131043	-	delivery	Message expired	webhook	never	Time-to-live passed before delivery (title only)	third-party list
131044	400	payment	No payment method for calls	webhook	after_fix	User-initiated call without valid billing	M:call-err
131045	500	account	Incorrect certificate	both	after_fix	Phone number registration problem; register again	M:errors
131047	400	window	Re-engagement message	webhook	after_fix	More than 24 h since the user wrote; send a template	M:errors
131048	400	throttle	Spam rate limit hit	both	wait_window	Number limited for low quality; wait until quality recovers	M:errors
131049	400	delivery	Not delivered for healthy ecosystem engagement	webhook	wait_window	Per-user marketing cap; wait at least 24 h and grow the interval; never at once	M:errors; S2
131050	400	delivery	User stopped marketing messages	webhook	never	Opt-out; wait for user_preferences resume	M:errors; S2
131051	400	delivery	Unsupported message type	both	never	Type unknown (outbound) or inbound message that the API cannot show	M:errors; M:unsupported
131052	400	media	Media download error	webhook	never	Inbound media could not be fetched or exceeds 100 MB; ask user to resend	M:errors; M:media
131053	400	media	Media upload error	both	after_fix	Outbound media could not be fetched/uploaded or type unsupported; see details	M:errors
131055	400	marketing	Method not allowed	sync	after_fix	Marketing API: only marketing templates. Calling: Graph calls refused on SIP-enabled numbers	M:errors; M:call-err
131056	400|429	throttle	Pair rate limit hit	both	backoff	Too many messages to one recipient; 4^X s back-off; other recipients unaffected	M:errors; BSP (429)
131057	500	server	Account in maintenance mode	both	backoff	Throughput upgrade or maintenance, about 1 min	M:errors
131059	400	group	Invalid cursor	sync	after_fix	Paging cursor expired; restart paging	M:grp-err
131060	-	delivery	Message unavailable (coexistence)	webhook	never	Unsupported linked device took part; content visible only in the phone app	M:onboarding-business-app-users; BSP
131061	-	delivery	unknown	webhook	never	Seen by number only; meaning not found	third-party
131062	-	param	BSUID recipient not supported	sync	after_fix	Message kind needs a phone number (one-tap, zero-tap, copy-code templates)	M:bsuid; PW
131063	-	marketing	Marketing templates disabled on Cloud API	sync	after_fix	WABA setting disable_marketing_messages_on_cloud_api is on; use the marketing API	M:errors (Sep 2026); PW
131064	-	throttle	Messaging limit reached after classification violations	both	wait_window	Throttled for template category violations; lifts when enforcement ends	M:errors (Sep 2026); PW
131201	206	group	Request partially succeeded	sync	after_fix	Some participants failed	M:grp-err
131202	400	group	Duplicate participant	sync	after_fix	Participant list has duplicates	M:grp-err
131204	400	group	Too many participants	sync	after_fix	Group size exceeded	M:grp-err
131207	403	group	Group suspended	both	never	Group violates policy	M:grp-err
131208	429	group	Group rate limit hit	sync	backoff	Too many group operations	M:grp-err
131209	400	group	Profile picture aspect ratio	both	after_fix	Picture must be square	M:grp-err
131210	400	group	Picture too small	both	after_fix	Each side must exceed 192 px	M:grp-err
131211	400	group	Group creation limit	sync	after_fix	Number reached its maximum of groups	M:grp-err
131212	400	group	Participant not in group	sync	never	Nothing to remove	M:grp-err
131213	400	group	Join request does not exist	sync	never	Request gone	M:grp-err
131214	400	group	Group creation temporarily disabled	sync	wait_window	Too much marketing inside service windows in the last 7 days	M:grp-err
131215	400	group	Number not eligible for Groups API	sync	after_fix	Eligibility requirements not met	M:grp-err
132000	400	template	Template param count mismatch	sync	after_fix	Number of values differs from template (OAS example: template not found, 404)	M:errors; OAS
132001	404	template	Template does not exist	sync	after_fix	Name/language pair missing or not approved	M:errors
132005	400	template	Hydrated text too long	sync	after_fix	Template text with values is too long	M:errors
132007	400	template	Format character policy violated	sync	after_fix	Content breaks template policy	M:errors
132008	-	template	Template param value invalid	sync	after_fix	A value is not acceptable	PW
132012	400	template	Param format mismatch	sync	after_fix	Value type/format differs from template	M:errors
132015	400	template	Template paused	both	wait_window	Paused for low quality; edit or wait; also result of held messages that are dropped	M:errors; M:template-pacing
132016	400	template	Template disabled	both	never	Permanently disabled; create a new template	M:errors
132018	400	template	Template validation error	sync	after_fix	Invalid parameters for the template (Graph v23+)	M:errors (Sep 2026); M:changelog
132068	400	flow	Flow is blocked	both	after_fix	Fix the flow/endpoint	M:errors
132069	400	flow	Flow is throttled	both	wait_window	10 sends in the last hour already used	M:errors
133000	500	register	Incomplete deregistration	sync	after_fix	Deregister again, then register	M:errors
133001	-	register	Decryption failed (backup)	sync	after_fix	Legacy migration: backup blob not decryptable	third-party list
133002	-	register	Backup blob decryption	sync	after_fix	Legacy migration backup problem	third-party list
133003	-	register	Recovery token decryption	sync	after_fix	Legacy migration recovery token problem	third-party list
133004	503	server	Server temporarily unavailable	sync	backoff	Registration server down; see details	M:errors
133005	400	register	Two-step PIN mismatch	sync	after_fix	Wrong PIN	M:errors
133006	400	register	Phone number re-verification needed	sync	after_fix	Verify number before registering	M:errors
133007	-	integrity	Account blocked	sync	never	Number blocked (legacy list)	third-party list
133008	400	register	Too many PIN guesses	sync	wait_window	Wait the time given in details	M:errors
133009	400	register	PIN guessed too fast	sync	wait_window	Wait the time given in details	M:errors
133010	400	register	Phone number not registered	sync	after_fix	Register the number	M:errors
133015	400	register	Wait before registering	sync	wait_window	Number was just deleted; wait 5 min	M:errors
133016	400	throttle	Register/deregister limit	sync	wait_window	Too many attempts; number blocked for a while	M:errors
134011	400	payment	Payments terms not accepted	sync	after_fix	Accept payments terms via link in message	M:errors
134100	400	marketing	Only marketing messages supported	sync	after_fix	Non-marketing template on the marketing API (v23+)	M:errors
134101	400	marketing	Template still syncing	sync	wait_window	Wait up to 10 min after creating the template	M:errors
134102	500	marketing	Template unavailable for use	sync	after_fix	Sync failed or account not eligible; check marketing_messages_lite_api_status	M:errors
134103	-	marketing	Marketing API error (announced)	sync	after_fix	Listed in the changelog of May 2025, never described	M:changelog
135000	400	param	Generic user error	both	after_fix	Unknown problem with request parameters	M:errors
136024	-	register	Verification code request error	sync	wait_window	Request-code failed; read error_user_msg	third-party
136025	-	register	Verify code error	sync	after_fix	Code wrong; seen with subcode 2388093, is_transient false	Java client test data
137000	-	identity	Recipient identity key hash mismatch	both	after_fix	Identity check on: acknowledge the new identity first	PW
138000	401	calling	Calling not enabled	sync	after_fix	Enable calling on the number	M:call-err
138001	400	calling	Receiver uncallable	both	never	User cannot receive calls	M:call-err
138002	429	calling	Concurrent calls limit	sync	backoff	1000 parallel calls reached	M:call-err
138003	400	calling	Duplicate call	sync	wait_window	A call with this user is in progress	M:call-err
138004	500	calling	Connection error	both	backoff	Could not connect the call	M:call-err
138005	429	calling	Call rate limit exceeded	sync	backoff	Too many calls initiated	M:call-err
138006	401	calling	No approved call permission	sync	after_fix	Ask the user for permission	M:call-err
138007	500	calling	Connection timeout	both	backoff	SDP offer/answer not applied in time	M:call-err
138009	400	calling	Permission request limit	sync	wait_window	Too many permission requests to this user	M:call-err
138012	400	calling	Business-initiated call limit	sync	wait_window	5 connected calls per 24 h; details give next time	M:call-err
138013	400	calling	Business-initiated calling unavailable	sync	never	Not available for this number (PW: old code of the look-up limit)	M:call-err; PW
138014	400	calling	Calling temporarily disabled	sync	wait_window	Low call quality	M:call-err
138015	400	calling	Calling cannot be enabled	sync	after_fix	Messaging limit must be at least 2000	M:call-err
138017	400	calling	Permanent permission exists	sync	never	No request needed	M:call-err
138018	400	calling	Calling prerequisites missing	sync	after_fix	Need SIP or an app subscribed to calls	M:call-err
138019	400	calling	Call setup failed	webhook	backoff	In terminate webhook	M:call-err
138020	400	calling	Relay connection failed	webhook	backoff	In terminate webhook	M:call-err
138021	400	calling	Media receive timeout	webhook	after_fix	No media reached the user; check media server	M:call-err
138022	400	calling	Media transmit timeout	webhook	backoff	User client sent no media	M:call-err
138023	400	calling	Accepted but no media	webhook	backoff	Call ended without media	M:call-err
139000	-	flow	Blocked by integrity	sync	after_fix	Account may not create/publish flows	M:flow-err
139001	-	flow	Flow cannot be updated	sync	after_fix	Already published, processing failed (retry once), or endpoint_uri with JSON below 3.0	M:flow-err
139002	-	flow	Flow cannot be published	sync	after_fix	Wrong state, validation errors, endpoint/key/app/number/webhook subscription missing	M:flow-err
139003	-	flow	Flow cannot be deprecated	sync	after_fix	Not published or already deprecated	M:flow-err
139004	-	flow	Flow cannot be deleted	sync	after_fix	Published flows can only be deprecated	M:flow-err
139006	-	flow	Metrics threshold not reached	sync	wait_window	Not enough data for metrics	M:flow-err
139100	-	block	Block/unblock failed for some users	sync	after_fix	Bulk operation partly or fully failed; per-user errors listed	M:block-users
139101	-	block	Blocklist limit reached	sync	never	64000 users	M:block-users
139102	-	block	Blocklist concurrent update	sync	backoff	List changed while paging; restart at offset 0	M:block-users
139103	-	block	Internal error	sync	backoff	Try again	M:block-users
147001	-	username	Username not available	sync	after_fix	Taken or refused	PW
147002	-	username	Account not eligible for username	sync	after_fix	Portfolio needs a higher messaging limit	PW
147003	-	username	Facebook Page not linked	sync	after_fix	Link the Page that owns the name	PW
147004	-	username	Instagram account not linked	sync	after_fix	Link the account that owns the name	PW
147005	-	username	Username transfer required	sync	after_fix	Name is on another of your numbers; resend with force_transfer	PW
2388001	-	migration	Ownership not confirmed / two-step on	sync	after_fix	Number migration: verify ownership or disable two-step PIN (removed from page 2026)	M:errors
2388012	-	migration	Number already in your list	sync	never	Already in this WABA	M:errors
2388019	-	template	Template limit exceeded	sync	after_fix	WABA has the maximum number of templates (250 on the page)	M:errors
2388039	-	template	Template status cannot be changed	sync	wait_window	In review, or daily edit limit	M:errors (Sep 2026)
2388040	-	template	Character limit exceeded	sync	after_fix	A template field is too long	M:errors
2388047	-	template	Header format incorrect	sync	after_fix	Template header formatting	M:errors
2388072	-	template	Body format incorrect	sync	after_fix	Template body formatting	M:errors
2388073	-	template	Footer format incorrect	sync	after_fix	Template footer formatting	M:errors
2388091	-	migration	Not eligible for registration code	sync	never	Number is not being migrated	M:errors
2388093	-	migration	Not eligible to verify code	sync	never	As 2388091; also subcode of 136025	M:errors
2388103	-	migration	Cannot migrate phone number	sync	after_fix	Webhooks, name, payment, approval or business mismatch; read the message	M:errors
2388293	-	template	Words/parameter ratio	sync	after_fix	Too many variables for the text length	M:errors
2388299	-	template	Leading or trailing parameter	sync	after_fix	Variable at start or end of body	M:errors
2494100	-	server	Account in maintenance mode	sync	backoff	Try again in some minutes	M:errors
2494164	-	signup	Sign-up not found	sync	after_fix	Sign-up entity missing	PW
2494165	-	signup	Sign-up API unavailable	sync	after_fix	In-app sign-up API not enabled for this WABA	PW
2494166	-	signup	Unknown placeholder	sync	after_fix	confirmation_message has an unknown placeholder	PW
2494167	-	signup	Placeholder value missing	sync	after_fix	promo_code placeholder used without value	PW
2494168	-	signup	Terms not accepted	sync	after_fix	Accept the sign-up terms	PW
2494176	-	signup	Terms already accepted	sync	after_fix	Omit the policy object	PW
2494177	-	signup	Terms URL not allowed	sync	after_fix	policy.tos is not an approved URL	PW
2494179	-	signup	Website must be https	sync	after_fix	website_url scheme	PW
2593079	-	account	WABA already marked for other solution	sync	never	On-behalf-of mobility (removed from page 2026)	M:errors
2593085	-	account	WABA not valid for OBO mobility	sync	never	On-behalf-of mobility (removed from page 2026)	M:errors
2593107	400	sync	Synchronization request limit exceeded	sync	after_fix	Contacts and history can each be requested once; offboard and onboard again	M:errors
2593108	400	sync	Synchronization outside time window	sync	after_fix	Only within 24 h of onboarding; offboard and onboard again	M:errors
2593109	-	sync	History sharing off	webhook	after_fix	Business declined to share history (field history)	M:history
2040	-	payment	Message is not supported	webhook	never	This user cannot receive the payment message	M:payments-br/orders
2046	-	payment	Order status invalid transition	webhook	after_fix	New order status not allowed from the current one	M:payments-in/pg
2047	-	payment	Order cannot be cancelled	webhook	never	User already paid	M:payments-in/pg
400	-	onprem	Media download error	webhook	never	Client could not download inbound media	OP
401	-	onprem	Group does not exist	both	never	Old group feature	OP
402	-	onprem	Payment issue	webhook	after_fix	Business eligibility / billing	OP
408	-	onprem	Message is not valid	webhook	backoff	Pending for more than one day; may be sent again	OP
410	-	onprem	Message expired	webhook	never	Not delivered within its time-to-live	OP
429	-	onprem	Rate limit hit	webhook	backoff	Too many messages (send again later) or inbound media download limited	OP
430	-	onprem	Unsigned certificate	webhook	after_fix	Verified-name certificate not signed	OP
432	-	onprem	Certificate id mismatch	webhook	after_fix	Certificate does not belong to the phone number	OP
433	-	onprem	Certificate signature invalid	webhook	after_fix	Certificate signature wrong	OP
470	-	onprem	Re-engagement message	webhook	after_fix	More than 24 h since last user message; use a template	OP
471	-	onprem	Spam rate limit	webhook	wait_window	Sender limited for low quality	OP
472	-	onprem	User in experiment	webhook	never	Like Cloud 130472	OP
480	-	onprem	User potentially changed	webhook	after_fix	Identity changed; acknowledge first	OP
500	-	onprem	Generic error	webhook	backoff	Unknown failure	OP
501	-	onprem	Message type not supported	webhook	never	Unknown inbound type or unsupported outbound type	OP
1000	-	onprem	Generic error	sync	backoff	Unknown	OP
1001	-	onprem	Message too long	sync	after_fix	Over 4096 characters	OP
1002	-	onprem	Invalid recipient type	sync	after_fix	recipient_type	OP
1004	-	onprem	Resource already exists	sync	never	Duplicate	OP
1005	-	onprem	Access denied	sync	after_fix	Credentials missing or wrong	OP
1006	-	onprem	Resource not found	sync	after_fix	Id or path wrong, or user not yet checked via contacts	OP
1007	-	onprem	Recipient blocked to receive message	sync	never	Deprecated	OP
1008	-	onprem	Required parameter is missing	sync	after_fix	see name	OP
1009	-	onprem	Parameter value is not valid	sync	after_fix	see name	OP
1010	-	onprem	Parameter is not required	sync	after_fix	Unexpected parameter	OP
1011	-	onprem	Service not ready	sync	backoff	Client starting or not registered	OP
1013	-	onprem	User is not valid	both	never	Not on WhatsApp (since v2.43 for templates; 470 for other messages)	OP
1014	-	onprem	Internal error	sync	backoff	see name	OP
1015	-	onprem	Too many requests	sync	backoff	see name	OP
1016	-	onprem	System overloaded	sync	backoff	see name	OP
1017	-	onprem	Not primary master	sync	backoff	Cluster: ask another node	OP
1018	-	onprem	Not primary coreapp	sync	backoff	Cluster: ask another node	OP
1019	-	onprem	Not group admin (unverified)	sync	never	Old group feature	third-party
1020	-	onprem	Bad group (unverified)	sync	never	Old group feature	third-party
1021	-	onprem	Bad user	sync	never	Sender and recipient equal	OP
1022	-	onprem	Webhook URL not configured	sync	after_fix	Set webhooks.url	OP
1023	-	onprem	Database error	sync	backoff	see name	OP
1024	-	onprem	Password change required	sync	after_fix	First login must set a password	OP
1025	-	onprem	Request not valid	sync	after_fix	Malformed request	OP
1026	-	onprem	Receiver incapable	webhook	never	Client cannot show the message; also On-Prem code for the per-user marketing limit (Cloud 131049)	OP; S2
1028	-	onprem	Identity change not acknowledged	sync	after_fix	Acknowledge user identity	OP
1031	-	onprem	Sender account locked	both	after_fix	Business account locked; added in v2.39.1	OP; M:changelog
2000	-	onprem	Template param count mismatch	both	after_fix	see name	OP
2001	-	onprem	Template missing	both	after_fix	Name/language not found	OP
2002	-	onprem	Template fetch failed	both	backoff	Receiver could not load the template	OP
2003	-	onprem	Template pack missing	both	after_fix	No translation for language	OP
2004	-	onprem	Param length too long	both	after_fix	see name	OP
2005	-	onprem	Hydrated text too long	both	after_fix	see name	OP
2006	-	onprem	White space policy violated	both	after_fix	see name	OP
2007	-	onprem	Format character policy violated	both	after_fix	see name	OP
2008	-	onprem	Media format unsupported	both	after_fix	see name	OP
2009	-	onprem	Required component missing	both	after_fix	see name	OP
2010	-	onprem	Hydrated URL invalid	both	after_fix	Button URL	OP
2011	-	onprem	Phone number invalid	both	after_fix	Button phone number	OP
2012	-	onprem	Param format mismatch	both	after_fix	see name	OP
2013	-	onprem	Buttons unsupported	both	after_fix	see name	OP
2014	-	onprem	Namespace expected empty	both	after_fix	Or namespace wrong	OP
2015	-	onprem	Number of sections invalid	both	after_fix	1 to 10	OP
2016	-	onprem	Rows invalid	both	after_fix	Section rows	OP
2017	-	onprem	Character policy violated	both	after_fix	see name	OP
2023	-	onprem	Number of products invalid	both	after_fix	see name	OP
2024	-	onprem	Catalog id not found	both	after_fix	see name	OP
2025	-	onprem	Catalog not linked	both	after_fix	see name	OP
2026	-	onprem	Products missing	both	after_fix	Some products unknown	OP
2027	-	onprem	No products found	both	after_fix	see name	OP
2028	-	onprem	Compliance failed for all products	both	after_fix	see name	OP
2029	-	onprem	Compliance failed for some products	both	after_fix	see name	OP
2030	-	onprem	Mixed compliance state	both	after_fix	see name	OP
2036	-	onprem	Header structure invalid	both	after_fix	see name	OP
2050	-	onprem	Compliance info missing	both	after_fix	India commerce data	OP
2060	-	onprem	Template rejected	both	after_fix	see name	OP
2061	-	onprem	Template paused	both	wait_window	Cloud 132015	OP
2062	-	onprem	Template disabled	both	never	Cloud 132016	OP
2064	-	onprem	Invalid flow id	both	after_fix	Not yours, missing or wrong state	M:flow-err
2065	-	onprem	Invalid flow message version	both	after_fix	see name	M:flow-err
2066	-	onprem	Invalid flow mode	both	after_fix	Draft/published mode mismatch	M:flow-err
2067	-	onprem	Draft mode not allowed	both	after_fix	see name	M:flow-err
2068	-	onprem	Flow is blocked	both	after_fix	Also missing public key	M:flow-err
2069	-	onprem	Flow is throttled	both	wait_window	10 per hour	M:flow-err
2070	-	onprem	Invalid flow version	both	after_fix	Expired	M:flow-err
"""#
}
