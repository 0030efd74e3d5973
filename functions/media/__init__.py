"""Uploaded media files become locked, sealed objects.

In: S3's own notice of each new upload in the intake bucket. Out: a keyring and a media object, written once and locked;
the upload is removed.
Never: holds more than a few chunks of a file; removes an upload before S3 has confirmed the sealed file and its lock;
opens what it has sealed.
"""
