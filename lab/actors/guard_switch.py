"""A bump in the wire between two interfaces that plays a switch with DHCP snooping and its companions.

    guard_switch.py DOWN UP [RULE…]

DOWN is the side of the clients, UP the side of the server. Without a rule all passes. Rules:
  --insert NAME    add Option 82 (circuit id NAME, remote id the source's hardware address) to what clients ask,
                   and take it out of the replies
  --keep           with --insert: leave it in the replies
  --broken         with --insert: a sub-option whose length runs past the end of the option
  --mangle         change the circuit id in the replies
  --untrusted-up   drop DHCP server messages that come in at UP
  --refuse-82      drop what clients ask with Option 82 or a relay address
  --verify-mac     drop what clients ask where chaddr differs from the Ethernet source
  --no-release     drop RELEASE and DECLINE
  --rate N         more than N DHCP messages of clients in a second: shut the port down for good
  --guard          drop IPv4 from clients whose source has no binding; bindings come from ACKs
  --forget         with --guard: no binding is ever learned
  --bound ADDRESS  with --guard: a binding from the start
"""
import argparse
import select
import socket
import struct
import time

parser = argparse.ArgumentParser()
parser.add_argument("down")
parser.add_argument("up")
parser.add_argument("--insert", default="")
for flag in ("keep", "broken", "mangle", "untrusted-up", "refuse-82", "verify-mac", "no-release", "guard", "forget"):
    parser.add_argument(f"--{flag}", action="store_true")
parser.add_argument("--rate", type=int, default=0)
parser.add_argument("--bound", default="")
args = parser.parse_args()

RELAY_INFORMATION = 82
COOKIE = b"\x63\x82\x53\x63"


def port(name):
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    made.bind((name, 0))
    made.setsockopt(263, 23, 1)  # PACKET_IGNORE_OUTGOING: do not hear what we send
    return made


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def parsed(frame):
    """Places of UDP and DHCP and the options, or None for any other frame."""
    if frame[12:14] != b"\x08\x00" or frame[23] != 17:
        return None
    udp = 14 + (frame[14] & 15) * 4
    body = udp + 8
    if struct.unpack("!H", frame[udp + 2 : udp + 4])[0] not in (67, 68) or frame[body + 236 : body + 240] != COOKIE:
        return None
    options = []
    at = body + 240
    while at + 1 < len(frame) and frame[at] != 255:
        if frame[at] == 0:
            at += 1
            continue
        options.append((frame[at], frame[at + 2 : at + 2 + frame[at + 1]]))
        at += 2 + frame[at + 1]
    return udp, body, options


def rebuilt(frame, udp, body, options):
    payload = frame[body : body + 240] + b"".join(bytes([code, len(value)]) + value for code, value in options) + b"\xff"
    payload += bytes(max(0, 300 - len(payload)))
    datagram = frame[udp : udp + 4] + struct.pack("!HH", 8 + len(payload), 0) + payload
    pseudo = frame[26:34] + b"\0\x11" + struct.pack("!H", len(datagram))
    datagram = datagram[:6] + struct.pack("!H", checksum(pseudo + datagram) or 0xFFFF) + datagram[8:]
    head = frame[14:udp]
    head = head[:2] + struct.pack("!H", len(head) + len(datagram)) + head[4:10] + b"\0\0" + head[12:]
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return frame[:14] + head + datagram


def inserted(frame):
    name = args.insert.encode()
    if args.broken:
        return bytes([1, len(name) + 40]) + name
    return bytes([1, len(name)]) + name + bytes([2, 8, 0, 6]) + frame[6:12]


bindings = {socket.inet_aton(args.bound)} if args.bound else set()
recent = []
shut = False


def asked(frame):
    """What a client sent: the frame to pass on, or None."""
    global shut
    if shut:
        return None
    found = parsed(frame)
    if found is None:
        if args.guard and frame[12:14] == b"\x08\x00" and frame[26:30] not in bindings:
            return None
        return frame
    udp, body, options = found
    if args.rate:
        now = time.monotonic()
        recent.append(now)
        while recent and now - recent[0] > 1:
            recent.pop(0)
        if len(recent) > args.rate:
            shut = True
            return None
    kind = next((value[0] for code, value in options if code == 53 and value), 0)
    has = any(code == RELAY_INFORMATION for code, _ in options)
    if args.refuse_82 and (has or frame[body + 24 : body + 28] != bytes(4)):
        return None
    if args.verify_mac and frame[body + 28 : body + 34] != frame[6:12]:
        return None
    if args.no_release and kind in (4, 7):
        return None
    if args.insert and not has:
        return rebuilt(frame, udp, body, options + [(RELAY_INFORMATION, inserted(frame))])
    return frame


def answered(frame):
    """What came from the server's side: the frame to pass on, or None."""
    if shut:
        return None
    found = parsed(frame)
    if found is None:
        return frame
    udp, body, options = found
    if args.untrusted_up and frame[body] == 2:
        return None
    kind = next((value[0] for code, value in options if code == 53 and value), 0)
    if kind == 5 and not args.forget:
        bindings.add(frame[body + 16 : body + 20])
    has = any(code == RELAY_INFORMATION for code, _ in options)
    if args.mangle and has:
        changed = [(code, value[:2] + b"X" + value[3:] if code == RELAY_INFORMATION else value) for code, value in options]
        return rebuilt(frame, udp, body, changed)
    if args.insert and has and not args.keep:
        return rebuilt(frame, udp, body, [one for one in options if one[0] != RELAY_INFORMATION])
    return frame


down, up = port(args.down), port(args.up)
print("ready", flush=True)
while True:
    for heard in select.select([down, up], [], [])[0]:
        frame = heard.recv(65535)
        passed = asked(frame) if heard is down else answered(frame)
        if passed is not None:
            (up if heard is down else down).send(passed)
