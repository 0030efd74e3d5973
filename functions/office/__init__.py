"""Officers propose, approve and see acts: what people decide about records, each step recorded before it is done.

In: signed `POST /acts/{kind}`, `POST /acts/{kind}/{act}/approval`, `GET /acts`, `GET /acts/{kind}/{act}`,
`GET /border/scopes/{act}`, `GET /border/years/{year}`, `GET /incidents`; and, every 15 minutes, the clock. Out: a
capture of each step, sealed and queued like any other; then a record's state, an export that counts in its year, or an
order to the room that acts.
Never: lets one person be two, does what is not recorded, reads a record, keeps a name in clear.
"""
