# SPDX-License-Identifier: Apache-2.0
"""How a head is turned, from the points of a face. Whether that matters is for the rules."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from proctor.vision.landmarks import FaceMesh
from proctor.vision.observation import Pose

_MODEL = np.array(
    [
        (0.0, 8.261778, 4.481535),
        (0.0, 4.885979, 5.385258),
        (0.0, 3.271027, 5.236015),
        (0.0, 2.473255, 5.788627),
        (0.0, 1.059413, 6.774605),
        (0.0, 0.365669, 7.242870),
        (0.0, -0.463170, 7.586580),
        (0.0, -1.126865, 7.475604),
        (-4.445859, 2.663991, 3.173422),
        (-1.856432, 2.585245, 3.757904),
        (1.856432, 2.585245, 3.757904),
        (4.445859, 2.663991, 3.173422),
        (-7.743095, 2.364999, -2.005167),
        (7.743095, 2.364999, -2.005167),
        (-7.664182, 0.673132, -2.435867),
        (7.664182, 0.673132, -2.435867),
        (-7.542244, -1.049282, -2.431321),
        (7.542244, -1.049282, -2.431321),
        (-2.456206, -4.342621, 4.283884),
        (2.456206, -4.342621, 4.283884),
        (0.0, -9.403378, 4.264492),
    ]
) * (1.0, -1.0, -1.0)
"""A face looking at the camera, in centimetres: right in the picture, down, away from the camera. The points are those
of MediaPipe's canonical face model (Google, Apache-2.0).
"""
_POINTS = (10, 9, 168, 6, 195, 5, 4, 1, 33, 133, 362, 263, 127, 356, 234, 454, 93, 323, 61, 291, 152)
FOCAL_LENGTH = 1.0
"""In longer sides of the picture: a field of view of 53 degrees, as webcams have about."""


def head_pose(mesh: FaceMesh, *, width: int, height: int) -> Pose | None:
    """The pose of the head in a picture of this size; None when the points fit no head."""
    focal = FOCAL_LENGTH * max(width, height)
    camera = np.array(((focal, 0, width / 2), (0, focal, height / 2), (0, 0, 1)), np.float64)
    seen = np.ascontiguousarray(mesh.points[list(_POINTS), :2], np.float64)
    try:
        solved, turn, shift = cv2.solvePnP(_MODEL, seen, camera, None, flags=cv2.SOLVEPNP_SQPNP)
        if not solved:
            return None
        turn, shift = cv2.solvePnPRefineLM(_MODEL, seen, camera, None, turn, shift)
    except cv2.error:
        return None
    x, y, z = (float(value) for value in shift.reshape(3))
    axes = _towards(x, y, z) @ cv2.Rodrigues(turn)[0]
    if not np.isfinite(axes).all() or z <= 0:
        return None
    ahead = -axes[:, 2]
    yaw = math.atan2(ahead[0], -ahead[2])
    pitch = math.atan2(-ahead[1], math.hypot(ahead[0], ahead[2]))
    level = np.array((math.cos(yaw), 0.0, math.sin(yaw)))
    down = np.cross(-ahead, level)
    roll = math.atan2(float(axes[:, 0] @ down), float(axes[:, 0] @ level))
    return Pose(math.degrees(yaw), math.degrees(pitch), math.degrees(roll))


def _towards(x: float, y: float, z: float) -> npt.NDArray[np.float64]:
    """The matrix that turns the line from the camera to a place into the camera's own axis, level kept level."""
    across, up = math.atan2(x, z), math.atan2(y, math.hypot(x, z))
    sideways = np.array(
        ((math.cos(across), 0, -math.sin(across)), (0, 1, 0), (math.sin(across), 0, math.cos(across)))
    )
    upwards = np.array(((1, 0, 0), (0, math.cos(up), -math.sin(up)), (0, math.sin(up), math.cos(up))))
    return np.asarray(upwards @ sideways, np.float64)
