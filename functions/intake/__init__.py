"""Deliveries come in over HTTP, are authenticated and sealed, and wait in the queue.

In: `POST /captures` from gateways (Standard Webhooks, CloudEvents), `GET|POST /wecom/{endpoint}` from WeCom,
`GET|POST /wechat/{endpoint}` from Official Accounts, mini programs and components.
Out: one sealed message per delivery on the capture queue; receipts.
Never: classifies; answers before the queue has the delivery; writes anything in clear.
"""
